// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/bench/connection.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace muster::bench {
namespace {

// Bytes of the answer that begins here, or nothing while its head is incomplete.
std::optional<std::size_t> answer_size(std::string_view text) {
  const auto head = text.find("\r\n\r\n");
  if (head == std::string_view::npos) return std::nullopt;
  if (text.substr(0, 12) != "HTTP/1.1 200") give_up("answer: " + std::string(text));
  std::string lower(text.substr(0, head));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  constexpr std::string_view kLength = "\r\ncontent-length: ";
  const auto at = lower.find(kLength);
  std::size_t length = 0;
  if (at == std::string::npos) give_up("answer: no Content-Length: " + std::string(text));
  std::from_chars(lower.data() + at + kLength.size(), lower.data() + lower.size(), length);
  return head + 4 + length;
}

}  // namespace

void give_up(const std::string& what) {
  std::fprintf(stderr, "wsman_load: %s\n", what.c_str());
  ERR_print_errors_fp(stderr);
  std::_Exit(1);
}

bool Load::take_turn(std::uint64_t& number) {
  number = started++;
  return number < options.requests && Clock::now() < end;
}

Connection::Connection(Load& load, int epoll, std::vector<float>& latencies)
    : load_(load), epoll_(epoll), latencies_(latencies) {}

Connection::~Connection() {
  close();
}

void Connection::open() {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(load_.options.port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  epoll_event event{EPOLLIN | EPOLLOUT | EPOLLET, {.ptr = this}};
  const int done = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  if ((done != 0 && errno != EINPROGRESS) || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd_, &event) != 0) {
    give_up("connect: " + std::to_string(errno));
  }
  tls_ = SSL_new(load_.context);
  SSL_set_fd(tls_, fd_);
  SSL_set_connect_state(tls_);
  begun_ = Clock::now();
}

bool Connection::ready() {
  if (SSL_is_init_finished(tls_)) return true;
  return finished(SSL_do_handshake(tls_));
}

bool Connection::advance() {
  for (;;) {
    if (!ready()) return true;
    if (post_ == nullptr && !begin()) return false;
    if (!sent_) sent_ = finished(SSL_write(tls_, post_->data(), static_cast<int>(post_->size())));
    if (!sent_) return true;
    char buffer[16384];
    const int got = SSL_read(tls_, buffer, sizeof buffer);
    if (!finished(got)) return true;
    answer_.append(buffer, static_cast<std::size_t>(got));
    const auto size = answer_size(answer_);
    if (size && answer_.size() >= *size) finish();
  }
}

bool Connection::begin() {
  std::uint64_t number = 0;
  done_ = !load_.take_turn(number);
  if (done_) return false;
  post_ = &load_.posts[number % load_.posts.size()];
  if (!load_.options.fresh) begun_ = Clock::now();
  return true;
}

void Connection::finish() {
  latencies_.push_back(std::chrono::duration<float, std::micro>(Clock::now() - begun_).count());
  load_.bytes += answer_.size();
  answer_.clear();
  post_ = nullptr;
  sent_ = false;
  if (!load_.options.fresh) return;
  close();
  open();
}

bool Connection::finished(int result) {
  if (result > 0) return true;
  const int why = SSL_get_error(tls_, result);
  if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) give_up("connection broke");
  ERR_clear_error();
  return false;
}

void Connection::close() {
  if (tls_ == nullptr) return;
  if (SSL_is_init_finished(tls_)) SSL_shutdown(tls_);
  SSL_free(tls_);
  ::close(fd_);
  tls_ = nullptr;
}

}  // namespace muster::bench
