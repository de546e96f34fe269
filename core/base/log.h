// SPDX-License-Identifier: GPL-2.0-or-later
// Log lines for the journal or a terminal: one line per fact, "component: what", to standard error.
//
// Under systemd a line begins with the priority mark "<N>" that journald reads; elsewhere with the time (UTC).
// Control characters are escaped, so that nobody's input can forge a line.
//
// Threads  any; a line is one write.
#pragma once

#include <string_view>

#include "core/base/error.h"

namespace muster::log {

enum class Level { error = 3, warning = 4, notice = 5, info = 6, debug = 7 };

// Lines below the level are not written. The default is info.
void threshold(Level level);
bool enabled(Level level);

void write(Level level, std::string_view component, std::string_view text);

inline void error(std::string_view component, std::string_view text) {
  write(Level::error, component, text);
}
inline void warning(std::string_view component, std::string_view text) {
  write(Level::warning, component, text);
}
inline void notice(std::string_view component, std::string_view text) {
  write(Level::notice, component, text);
}
inline void info(std::string_view component, std::string_view text) {
  write(Level::info, component, text);
}
inline void debug(std::string_view component, std::string_view text) {
  write(Level::debug, component, text);
}
void error(std::string_view component, const Error& error);

// Escapes control characters, DEL and invalid bytes below 0x20 as \xNN; everything else is kept.
std::string printable(std::string_view text);

}  // namespace muster::log
