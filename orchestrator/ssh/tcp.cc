// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ssh/tcp.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "core/base/unique_handle.h"

namespace muster {
namespace {

constexpr int kAddressWaitMs = 10'000;  // per address
// A host that vanishes while dpkg works and nothing is sent is noticed after half a minute.
constexpr int kIdleSeconds = 15;
constexpr int kProbeSeconds = 5;
constexpr int kProbes = 3;
constexpr unsigned kUnackedMs = 30'000;  // a peer that acknowledges nothing for so long is gone

// 0, or the errno of the attempt.
int finish(int fd, int wait_ms) {
  pollfd wait{fd, POLLOUT, 0};
  const int ready = ::poll(&wait, 1, wait_ms);
  if (ready == 0) return ETIMEDOUT;
  if (ready < 0) return errno;
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

void tune(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnackedMs, sizeof kUnackedMs);
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &kIdleSeconds, sizeof kIdleSeconds);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &kProbeSeconds, sizeof kProbeSeconds);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &kProbes, sizeof kProbes);
}

Failure failed(const std::string& address, std::uint16_t port, int error) {
  const auto code = error == ECONNREFUSED ? FailureCode::ssh_refused : FailureCode::unreachable;
  return {code, address + ":" + std::to_string(port) + ": " + std::generic_category().message(error)};
}

}  // namespace

int milliseconds_until(Deadline deadline, int most) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count() + 1, 0, most));
}

tl::expected<Fd, Failure> connect_tcp(const std::string& address, std::uint16_t port, Deadline deadline) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &wanted, &found);
      error != 0) {
    return tl::unexpected(Failure{FailureCode::unreachable, address + ": " + ::gai_strerror(error)});
  }
  const UniqueHandle<addrinfo, &::freeaddrinfo> list(found);
  int error = EHOSTUNREACH;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    Fd fd(::socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) {
      error = errno;
      continue;
    }
    error = ::connect(fd.get(), at->ai_addr, at->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) error = finish(fd.get(), milliseconds_until(deadline, kAddressWaitMs));
    if (error != 0) continue;
    tune(fd.get());
    return fd;
  }
  return tl::unexpected(failed(address, port, error));
}

}  // namespace muster
