// SPDX-License-Identifier: GPL-2.0-or-later
// The management server's configuration file. Every key has a default; the file may be absent.
//
// Paths   /etc/muster/muster.toml, or --config FILE, or MUSTER_CONFIG
// Errors  malformed: "FILE:LINE: ..." for syntax, an unknown key or a value of another kind or range.
// Limits  64 KiB
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace muster {

inline constexpr char kSettingsFile[] = "/etc/muster/muster.toml";

struct Settings {
  std::string state = "/var/lib/muster";
  std::uint16_t agent_port = 1270;
  std::chrono::seconds poll_interval{60};
  std::chrono::hours retention{7 * 24};  // of polled samples
  unsigned forks = 20;                   // hosts provisioned at the same time
  std::string package;  // agent package to install; empty: the newest below /usr/share/muster/packages
};

Result<Settings> parse_settings(std::string_view text, const std::string& file);

enum class Presence { optional, required };
Result<Settings> load_settings(const std::string& file, Presence presence);

}  // namespace muster
