// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/server.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "core/base/log.h"
#include "core/http/session.h"

namespace muster::http {
namespace {

// Accepting goes on after this when the process or the machine is out of descriptors or memory.
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr int kAcceptBatch = 16;  // then others have their turn

bool concerns_one_connection(int error) {
  switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case EPERM:  // a firewall rule
    case ENETDOWN:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETUNREACH: return true;
    default: return false;
  }
}

Result<void> prepare(const Fd& listening) {
  int is_listening = 0;
  socklen_t size = sizeof is_listening;
  if (::getsockopt(listening.get(), SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &size) != 0 ||
      is_listening == 0) {
    return fail(Errc::malformed,
                "descriptor " + std::to_string(listening.get()) + ": not a listening socket");
  }
  const int flags = ::fcntl(listening.get(), F_GETFL);
  if (flags < 0 || ::fcntl(listening.get(), F_SETFL, flags | O_NONBLOCK) != 0 ||
      ::fcntl(listening.get(), F_SETFD, FD_CLOEXEC) != 0) {
    return fail(errno_error("listening socket"));
  }
  return {};
}

class HttpsServer final : public Server {
 public:
  HttpsServer(std::shared_ptr<SessionSet> set, std::shared_ptr<tls::Context> context,
              std::vector<Fd> listening)
      : set_(std::move(set)), context_(std::move(context)) {
    for (auto& fd : listening) {
      listeners_.push_back(std::make_unique<Listener>(Listener{std::move(fd), {}, {}}));
    }
    for (auto& listener : listeners_) resume(*listener);
  }
  ~HttpsServer() override {
    set_->emptied = nullptr;
    set_->close_all();
  }
  HttpsServer(const HttpsServer&) = delete;
  HttpsServer& operator=(const HttpsServer&) = delete;
  HttpsServer(HttpsServer&&) = delete;
  HttpsServer& operator=(HttpsServer&&) = delete;

  void reload(std::shared_ptr<tls::Context> context) override { context_ = std::move(context); }
  void keep_only(const std::function<bool(const tls::Certificate&)>& trusted) override {
    set_->keep_only(trusted);
  }
  void follow(const Limits& limits) override { set_->follow(limits); }
  void drain(std::chrono::milliseconds deadline, std::function<void()> done) override;
  ServerStatistics statistics() const override {
    ServerStatistics now = set_->statistics;
    now.open = set_->sessions.size();
    return now;
  }

 private:
  struct Listener {
    Fd fd;
    std::unique_ptr<Subscription> readable;
    std::unique_ptr<Subscription> pause;
  };

  void resume(Listener& listener);
  void pause(Listener& listener);
  void accept_some(Listener& listener);
  void admit(Fd socket, const sockaddr_storage& from);

  std::shared_ptr<SessionSet> set_;
  std::shared_ptr<tls::Context> context_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::unique_ptr<Subscription> drain_deadline_;
  bool complained_ = false;
};

void HttpsServer::resume(Listener& listener) {
  listener.readable =
      set_->loop.when_readable(listener.fd.get(), [this, &listener] { accept_some(listener); });
}

void HttpsServer::pause(Listener& listener) {
  if (!std::exchange(complained_, true)) log::warning("http", errno_error("accepting connections").what);
  listener.readable.reset();
  listener.pause = set_->loop.after(kAcceptPause, [this, &listener] { resume(listener); });
}

void HttpsServer::accept_some(Listener& listener) {
  for (int i = 0; i < kAcceptBatch; ++i) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    Fd socket(::accept4(listener.fd.get(), reinterpret_cast<sockaddr*>(&from), &size,
                        SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) {
      if (errno == EAGAIN) return;
      if (!concerns_one_connection(errno)) return pause(listener);
      continue;
    }
    complained_ = false;
    admit(std::move(socket), from);
  }
}

void HttpsServer::admit(Fd socket, const sockaddr_storage& from) {
  ++set_->statistics.accepted;
  std::string source = source_key(from);
  if (set_->penalised(source)) return;
  if (!set_->make_place(source)) {
    ++set_->statistics.refused;
    return;
  }
  set_->sources.enter(source);
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto stream = TlsStream::accept(set_->loop, std::move(socket), *context_);
  if (!stream) {
    set_->sources.leave(source);
    log::error("http", stream.error());
    return;
  }
  set_->add(
      std::make_shared<Session>(set_, *std::move(stream), Peer{address_text(from), {}}, std::move(source)));
}

void HttpsServer::drain(std::chrono::milliseconds deadline, std::function<void()> done) {
  listeners_.clear();
  set_->draining = true;
  set_->emptied = [weak = std::weak_ptr(set_), done = std::move(done)] {
    const auto set = weak.lock();
    if (!set) return;
    set->loop.post([weak, done] {
      if (!weak.expired()) done();
    });
  };
  drain_deadline_ = set_->loop.after(deadline, [set = set_] { set->close_all(); });
  set_->close_idle();
  set_->tell_if_empty();
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(Loop& loop, std::vector<Fd> listening,
                                              std::shared_ptr<tls::Context> context, const Limits& limits,
                                              Authorise authorise) {
  for (const auto& fd : listening) {
    if (auto ready = prepare(fd); !ready) return fail(std::move(ready.error()));
  }
  auto set = std::make_shared<SessionSet>(loop, limits, std::move(authorise));
  return std::make_unique<HttpsServer>(std::move(set), std::move(context), std::move(listening));
}

}  // namespace muster::http
