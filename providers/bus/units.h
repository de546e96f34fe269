// SPDX-License-Identifier: GPL-2.0-or-later
// The units that systemd has loaded, asked for over the system bus.
//
// Source  org.freedesktop.systemd1(5): Manager.ListUnits()
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/host.h"

namespace muster::bus {

inline constexpr char kSystemBus[] = "/run/dbus/system_bus_socket";

struct Unit {
  std::string_view name;
  std::string_view description;
  std::string_view load_state;
  std::string_view active_state;
  std::string_view sub_state;
};

// The whole conversation: login, Hello, ListUnits. The bus takes it in one piece.
std::string units_request();

// Whether what came back holds the answer to ListUnits.
Result<bool> has_units(std::string_view conversation);

// The units of a complete conversation; they point into it.
// Errors  denied: the bus or systemd refuses; malformed.
Result<std::vector<Unit>> parse_units(std::string_view conversation);

}  // namespace muster::bus
