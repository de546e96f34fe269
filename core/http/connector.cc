// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/connector.h"

#include <cerrno>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "core/http/resolver.h"

namespace muster::http {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kMaxAddresses = 8;

std::string hint_for(int error) {
  switch (error) {
    case ECONNREFUSED: return "nothing listens on that port: is the service running? On the host: ss -ltn";
    case EHOSTUNREACH:
    case ENETUNREACH: return "no route from here: check the address, the VPN and firewalls on the way";
    case ETIMEDOUT: return "is the host up, and does a firewall drop this port?";
    default: return {};
  }
}

// Everything that runs later holds it weakly.
class Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  Attempt(Loop& loop, std::string host, std::uint16_t port, milliseconds time, Connector::Done done)
      : loop_(loop),
        host_(std::move(host)),
        port_(port),
        deadline_(steady_clock::now() + time),
        done_(std::move(done)) {}

  void begin() {
    error_code not_literal;
    const auto address = boost::asio::ip::make_address(host_, not_literal);
    if (!not_literal) {
      addresses_.emplace_back(address, port_);
      return loop_.post(weakly(&Attempt::next));
    }
    loop_.resolver().find(host_, [weak = weak_from_this()](const Resolver::Found& found) {
      if (const auto self = weak.lock()) self->resolved(found);
    });
  }

 private:
  std::function<void()> weakly(void (Attempt::*step)()) {
    return [weak = weak_from_this(), step] {
      if (const auto self = weak.lock()) (self.get()->*step)();
    };
  }

  std::string object() const { return host_and_port(host_, port_); }

  void resolved(const Resolver::Found& found) {
    if (found.addresses.empty()) {
      return done_(fail(Errc::unreachable, object() + ": name not found: " + found.problem,
                        "check the spelling and the DNS: getent hosts " + host_));
    }
    for (const auto& text : found.addresses) {
      error_code no_address;
      const auto address = boost::asio::ip::make_address(text, no_address);
      if (!no_address && addresses_.size() < kMaxAddresses) addresses_.emplace_back(address, port_);
    }
    next();
  }

  void next() {
    writable_.reset();
    timer_.reset();
    if (tried_ == addresses_.size()) return give_up();
    const auto& address = addresses_[tried_++];
    socket_ = Fd(::socket(address.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (socket_ && ::connect(socket_.get(), address.data(), static_cast<socklen_t>(address.size())) == 0) {
      return succeed();
    }
    if (!socket_ || errno != EINPROGRESS) {
      last_errno_ = errno;
      return next();
    }
    writable_ = loop_.when_writable(socket_.get(), weakly(&Attempt::settled));
    // The last one may use what is left: the caller has its own deadline.
    const auto others = static_cast<long>(addresses_.size() - tried_);
    if (others == 0) return;
    const auto left = std::chrono::duration_cast<milliseconds>(deadline_ - steady_clock::now());
    timer_ = loop_.after(left / (others + 1), weakly(&Attempt::too_slow));
  }

  void settled() {
    writable_.reset();
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error == 0) return succeed();
    last_errno_ = error;
    next();
  }

  void too_slow() {
    last_errno_ = ETIMEDOUT;
    next();
  }

  void succeed() {
    writable_.reset();
    timer_.reset();
    done_(std::move(socket_));
  }

  void give_up() {
    errno = last_errno_;
    Error error = errno_error(object());
    error.code = last_errno_ == ETIMEDOUT ? Errc::timeout : Errc::unreachable;
    error.hint = hint_for(last_errno_);
    if (addresses_.size() > 1) {
      error.what += " (the last of " + std::to_string(addresses_.size()) + " addresses)";
    }
    done_(fail(std::move(error)));
  }

  Loop& loop_;
  std::string host_;
  std::uint16_t port_;
  steady_clock::time_point deadline_;
  Connector::Done done_;
  std::vector<tcp::endpoint> addresses_;
  std::size_t tried_ = 0;
  int last_errno_ = EHOSTUNREACH;
  Fd socket_;  // outlives its watcher
  std::unique_ptr<Subscription> writable_;
  std::unique_ptr<Subscription> timer_;
};

class Connecting final : public Connector {
 public:
  explicit Connecting(std::shared_ptr<Attempt> attempt) : attempt_(std::move(attempt)) { attempt_->begin(); }

 private:
  std::shared_ptr<Attempt> attempt_;
};

}  // namespace

std::unique_ptr<Connector> Connector::start(Loop& loop, std::string host, std::uint16_t port,
                                            milliseconds time, Done done) {
  return std::make_unique<Connecting>(
      std::make_shared<Attempt>(loop, std::move(host), port, time, std::move(done)));
}

std::string host_and_port(const std::string& host, std::uint16_t port) {
  const bool bracketed = host.find(':') != std::string::npos;
  return (bracketed ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace muster::http
