// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/service/notify.h"

#include <cstdint>
#include <string>

#include <systemd/sd-daemon.h>

namespace muster::service {
namespace {

// Not being listened to is no failure of ours.
void tell(const std::string& state) {
  static_cast<void>(::sd_notify(0, state.c_str()));
}

}  // namespace

void notify_ready(std::string_view status) {
  tell("READY=1\nSTATUS=" + std::string(status));
}

void notify_status(std::string_view status) {
  tell("STATUS=" + std::string(status));
}

void notify_stopping() {
  tell("STOPPING=1");
}

void notify_alive() {
  tell("WATCHDOG=1");
}

std::optional<std::chrono::milliseconds> watchdog_period() {
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  return std::chrono::milliseconds(microseconds / 1000);
}

}  // namespace muster::service
