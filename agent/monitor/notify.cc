// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/notify.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <sys/socket.h>
#include <sys/un.h>

#include "core/base/fd.h"

namespace muster::agent {

void notify_systemd(std::string_view state) {
  const char* path = ::getenv("NOTIFY_SOCKET");  // NOLINT(concurrency-mt-unsafe): the monitor has one thread
  sockaddr_un address{};
  if (path == nullptr || std::strlen(path) >= sizeof address.sun_path) return;
  const std::string_view name(path);
  address.sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), address.sun_path);
  if (name.starts_with('@')) address.sun_path[0] = '\0';  // abstract
  const Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  // systemd gone is no reason for the agent to go
  static_cast<void>(::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&address), size));
}

}  // namespace muster::agent
