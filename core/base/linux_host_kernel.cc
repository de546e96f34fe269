// SPDX-License-Identifier: GPL-2.0-or-later
// What LinuxHost asks the kernel and local services rather than files.
#include <bit>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <sys/un.h>

#include "core/base/fd.h"
#include "core/base/linux_host.h"
#include "core/base/unique_handle.h"

namespace muster {
namespace {

using Addresses = UniqueHandle<ifaddrs, ::freeifaddrs>;
using Clock = std::chrono::steady_clock;

std::string text_of(const sockaddr* address) {
  if (address == nullptr) return {};
  char text[INET6_ADDRSTRLEN];
  const void* bytes = nullptr;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (address->sa_family == AF_INET) {
    std::memcpy(&v4, address, sizeof v4);
    bytes = &v4.sin_addr;
  } else if (address->sa_family == AF_INET6) {
    std::memcpy(&v6, address, sizeof v6);
    bytes = &v6.sin6_addr;
  }
  const bool shown = bytes != nullptr && ::inet_ntop(address->sa_family, bytes, text, sizeof text) != nullptr;
  return shown ? std::string(text) : std::string();
}

// How many bits of a mask are set.
std::uint32_t prefix_of(const sockaddr* mask) {
  if (mask == nullptr) return 0;
  int bits = 0;
  if (mask->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, mask, sizeof v4);
    bits = std::popcount(v4.sin_addr.s_addr);
  } else if (mask->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, mask, sizeof v6);
    for (const auto byte : v6.sin6_addr.s6_addr) bits += std::popcount(byte);
  }
  return static_cast<std::uint32_t>(bits);
}

InterfaceAddress described(const ifaddrs& entry) {
  const std::string_view label = entry.ifa_name;
  InterfaceAddress address;
  address.interface = label.substr(0, label.find(':'));
  address.family =
      entry.ifa_addr->sa_family == AF_INET ? InterfaceAddress::Family::ipv4 : InterfaceAddress::Family::ipv6;
  address.address = text_of(entry.ifa_addr);
  address.prefix_bits = prefix_of(entry.ifa_netmask);
  if ((entry.ifa_flags & IFF_BROADCAST) != 0) address.broadcast = text_of(entry.ifa_broadaddr);
  address.up = (entry.ifa_flags & IFF_UP) != 0;
  return address;
}

// One conversation with a local socket, within its deadline.
class Conversation {
 public:
  explicit Conversation(std::string_view path) : path_(path), until_(Clock::now() + Host::kSocketDeadline) {}

  Result<void> connect(const std::string& at) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (at.size() >= sizeof address.sun_path) return fail(Errc::malformed, path_ + ": the path is too long");
    std::memcpy(address.sun_path, at.data(), at.size());
    socket_ = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket_) return fail(errno_error(path_));
    // A local stream socket connects at once, or its listener's queue is full.
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      if (errno == EAGAIN) return fail(Errc::timeout, path_ + ": its listener is too busy");
      return fail(errno_error(path_));
    }
    return {};
  }

  Result<void> send(std::string_view request) {
    while (!request.empty()) {
      const ssize_t sent = ::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL);
      if (sent > 0) {
        request.remove_prefix(static_cast<std::size_t>(sent));
      } else if (errno != EINTR && errno != EAGAIN) {
        return fail(errno_error(path_));
      } else if (auto ready = wait(POLLOUT); !ready) {
        return ready;
      }
    }
    return {};
  }

  Result<std::string> receive(const Host::Complete& complete) {
    std::string answer;
    for (;;) {
      const auto done = complete(answer);
      if (!done) return fail(done.error());
      if (*done) return answer;
      if (answer.size() > Host::kSocketLimit) {
        return fail(Errc::malformed, path_ + ": the answer is too long");
      }
      if (auto ready = wait(POLLIN); !ready) return fail(ready.error());
      char block[16384];
      const ssize_t got = ::recv(socket_.get(), block, sizeof block, 0);
      if (got == 0) return fail(Errc::unreachable, path_ + ": the connection was closed");
      if (got < 0 && errno != EINTR && errno != EAGAIN) return fail(errno_error(path_));
      if (got > 0) answer.append(block, static_cast<std::size_t>(got));
    }
  }

 private:
  Result<void> wait(short events) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until_ - Clock::now()).count();
    pollfd ready{socket_.get(), events, 0};
    const int count = left > 0 ? ::poll(&ready, 1, static_cast<int>(left)) : 0;
    if (count == 0) return fail(Errc::timeout, path_ + ": no answer in time");
    if (count < 0 && errno != EINTR) return fail(errno_error(path_));
    return {};
  }

  std::string path_;
  Clock::time_point until_;
  Fd socket_;
};

}  // namespace

Result<std::vector<InterfaceAddress>> LinuxHost::interface_addresses() const {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return fail(errno_error("addresses of the network interfaces"));
  const Addresses list(first);
  std::vector<InterfaceAddress> found;
  for (const auto* entry = first; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr) continue;
    const auto family = entry->ifa_addr->sa_family;
    if (family == AF_INET || family == AF_INET6) found.push_back(described(*entry));
  }
  return found;
}

Result<ClockState> LinuxHost::clock_state() const {
  timex raw{};
  const int state = ::adjtimex(&raw);
  if (state < 0) return fail(errno_error("adjtimex"));
  ClockState clock;
  clock.synchronised = state != TIME_ERROR && (raw.status & STA_UNSYNC) == 0;
  const bool nanoseconds = (raw.status & STA_NANO) != 0;
  clock.offset = nanoseconds ? std::chrono::nanoseconds(raw.offset) : std::chrono::microseconds(raw.offset);
  clock.maximum_error = std::chrono::microseconds(raw.maxerror);
  clock.estimated_error = std::chrono::microseconds(raw.esterror);
  clock.frequency_ppm = static_cast<double>(raw.freq) / 65536.0;
  return clock;
}

Result<std::string> LinuxHost::ask_socket(std::string_view path, std::string_view request,
                                          const Complete& complete) const {
  Conversation conversation(path);
  if (auto connected = conversation.connect(full(path)); !connected) return fail(connected.error());
  if (auto sent = conversation.send(request); !sent) return fail(sent.error());
  return conversation.receive(complete);
}

}  // namespace muster
