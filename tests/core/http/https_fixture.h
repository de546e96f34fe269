// SPDX-License-Identifier: GPL-2.0-or-later
// A server in a thread of its own, certificates to talk to it, and a blocking client that can send anything.
#pragma once

#include <array>
#include <charconv>
#include <cstring>
#include <future>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "core/http/loop.h"
#include "core/http/server.h"
#include "tests/core/tls/authority.h"

namespace muster::http::testing {

using tls::testing::Authority;
using tls::testing::value_of;

// A leaf with its key and issuer, as a context wants them.
struct Identity {
  Identity(const Authority& authority, const std::vector<std::string>& names, tls::Purpose purpose)
      : key(tls::testing::new_key()), chain{authority.leaf(key, names, purpose), authority.issuing} {}
  tls::Context::Identity view() const { return {chain, key}; }

  tls::Key key;
  std::vector<tls::Certificate> chain;
};

inline const std::vector<std::string> kLoopbackNames = {"localhost", "127.0.0.1", "::1"};

inline std::shared_ptr<tls::Context> server_context(
    const Identity& identity, tls::ClientCertificates clients = tls::ClientCertificates::requested) {
  return value_of(tls::Context::server(identity.view(), {tls::testing::our_authority().root}, clients));
}

inline std::shared_ptr<tls::Context> client_context(
    const Authority& authority = tls::testing::our_authority(), const Identity* identity = nullptr) {
  if (identity == nullptr) return value_of(tls::Context::client({authority.root}, nullptr));
  const auto view = identity->view();
  return value_of(tls::Context::client({authority.root}, &view));
}

inline const Identity& loopback_identity() {
  static const Identity kIdentity(tls::testing::our_authority(), kLoopbackNames, tls::Purpose::agent);
  return kIdentity;
}

// Admits everybody and answers with the body it got.
inline void echo(const Head& /*head*/, const Peer& /*peer*/, const Decide& decide) {
  decide(Serve([](Request request, const Respond& respond) {
    Response response;
    response.body = std::move(request.body);
    respond(std::move(response));
  }));
}

class RunningServer {
 public:
  // Runs in the loop's thread and waits for it.
  template <class Work>
  auto in_loop(Work work) {
    const auto task = std::make_shared<std::packaged_task<decltype(work())()>>(std::move(work));
    auto result = task->get_future();
    loop_.post([task] { (*task)(); });
    return result.get();
  }
  explicit RunningServer(Authorise authorise = &echo, const Limits& limits = {},
                         std::shared_ptr<tls::Context> context = server_context(loopback_identity()),
                         const std::string& address = "127.0.0.1") {
    std::vector<Fd> listening;
    listening.push_back(value_of(listen_on(address, 0)));
    port_ = value_of(local_port(listening.front().get()));
    server_ = value_of(
        Server::start(loop_, std::move(listening), std::move(context), limits, std::move(authorise)));
    thread_ = std::jthread([this] { loop_.run(); });
  }
  ~RunningServer() {
    in_loop([this] {
      server_.reset();
      busy_.reset();
    });
    loop_.stop();
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;
  RunningServer(RunningServer&&) = delete;
  RunningServer& operator=(RunningServer&&) = delete;

  ServerStatistics statistics() {
    return in_loop([this] { return server_->statistics(); });
  }
  // Waits until no connection is left: false after ten seconds.
  bool becomes_empty() {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (statistics().open > 0) {
      if (std::chrono::steady_clock::now() > limit) return false;
      std::this_thread::yield();
    }
    return true;
  }
  Loop& loop() { return loop_; }
  Server& server() { return *server_; }
  std::uint16_t port() const { return port_; }

 private:
  Loop loop_;
  std::unique_ptr<Subscription> busy_ =
      loop_.every(std::chrono::hours(1), [] {});  // a drained loop would end
  std::uint16_t port_ = 0;
  std::unique_ptr<Server> server_;
  std::jthread thread_;
};

inline Fd connected_socket(std::uint16_t port, in_addr_t from = INADDR_LOOPBACK) {
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience{20, 0};  // a test that hangs fails instead
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(from);
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0)
      << std::generic_category().message(errno);
  return socket;
}

// Closing it then sends a reset instead of an end.
inline void reset_on_close(int fd) {
  const linger now{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

// Blocking TLS, byte by byte if need be.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, const std::shared_ptr<tls::Context>& context = client_context(),
                     in_addr_t from = INADDR_LOOPBACK)
      : context_(context), socket_(connected_socket(port, from)), ssl_(SSL_new(context->get())) {
    SSL_set_fd(ssl_.get(), socket_.get());
    ready_ = SSL_connect(ssl_.get()) == 1;
  }

  bool ready() const { return ready_; }
  bool send(std::string_view text) {
    while (!text.empty()) {
      ERR_clear_error();
      const int size = SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
      if (size <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
  }
  // One SSL_read: at most one TLS record. Empty when the connection ended.
  std::string read_once() {
    ERR_clear_error();
    std::array<char, 16384> buffer{};
    const int size = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
  }
  // One response with a Content-Length, and nothing of what follows it.
  std::string read_response() {
    while (true) {
      if (const auto size = response_size(); size > 0 && received_.size() >= size) {
        auto response = received_.substr(0, size);
        received_.erase(0, size);
        return response;
      }
      const auto more = read_once();
      if (more.empty()) return std::exchange(received_, {});
      received_ += more;
    }
  }
  std::string read_to_end() {
    std::string all = std::exchange(received_, {});
    for (auto more = read_once(); !more.empty(); more = read_once()) all += more;
    return all;
  }
  void patience(timeval time) { ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time); }
  void end_with_fin() { ::shutdown(socket_.get(), SHUT_WR); }
  void end_tls() { SSL_shutdown(ssl_.get()); }  // and nothing of TCP
  void send_raw(std::string_view bytes) {
    EXPECT_EQ(::send(socket_.get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }
  void end_with_reset() {
    reset_on_close(socket_.get());
    ssl_.reset();
    socket_.reset();
  }
  std::string server_certificate_sha256() const {
    return tls::Certificate(tls::CertificateHandle(SSL_get1_peer_certificate(ssl_.get()))).sha256();
  }

 private:
  std::size_t response_size() const {
    const auto end = received_.find("\r\n\r\n");
    if (end == std::string::npos) return 0;
    const auto length = received_.find("Content-Length: ");
    return end + 4 + (length < end ? std::stoul(received_.substr(length + 16)) : 0);
  }

  std::shared_ptr<tls::Context> context_;
  Fd socket_;
  tls::ConnectionHandle ssl_;
  bool ready_ = false;
  std::string received_;
};

inline std::string post_request(std::string_view body, std::string_view more_fields = "") {
  return "POST /wsman HTTP/1.1\r\nHost: localhost\r\n" + std::string(more_fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

// "HTTP/1.1 400 Bad Request..." -> 400; 0 when that is no response.
inline int status_of(const std::string& response) {
  int status = 0;
  if (response.starts_with("HTTP/1.1 ")) {
    std::from_chars(response.data() + 9, response.data() + response.size(), status);
  }
  return status;
}

inline std::string body_of(const std::string& response) {
  const auto end = response.find("\r\n\r\n");
  return end == std::string::npos ? "" : response.substr(end + 4);
}

}  // namespace muster::http::testing
