// SPDX-License-Identifier: GPL-2.0-or-later
// What standard output and input are connected to.
#pragma once

#include <cstddef>

namespace muster {

struct Terminal {
  std::size_t width = 0;  // columns; 0: not limited
  bool colour = false;
};

bool stdout_is_terminal();
bool stdin_is_terminal();

// For an interactive command the terminal's width, and colour unless NO_COLOR is set or TERM is "dumb";
// otherwise unlimited and plain.
Terminal terminal_for(bool interactive);

}  // namespace muster
