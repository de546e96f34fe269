// SPDX-License-Identifier: GPL-2.0-or-later
// What systemd is told, when it started us; nothing happens otherwise.
// Source: sd_notify(3), sd_watchdog_enabled(3).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace muster::service {

void notify_ready(std::string_view status);
void notify_status(std::string_view status);
void notify_stopping();
void notify_alive();

// How often systemd wants notify_alive(), at the latest.
std::optional<std::chrono::milliseconds> watchdog_period();

}  // namespace muster::service
