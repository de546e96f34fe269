// SPDX-License-Identifier: GPL-2.0-or-later
// Tells systemd how the service is, when systemd asked to be told.
// Source  sd_notify(3): a datagram to the socket that NOTIFY_SOCKET names.
#pragma once

#include <string_view>

namespace muster::agent {

// "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=..."; does nothing without NOTIFY_SOCKET.
void notify_systemd(std::string_view state);

}  // namespace muster::agent
