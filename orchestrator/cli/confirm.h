// SPDX-License-Identifier: GPL-2.0-or-later
// A question whose answer is yes or no, on standard error: standard output may be read by a program.
#pragma once

#include <string_view>

namespace muster {

// Asks once; reads a line from the descriptor. Only "y" and "yes" are yes.
bool confirmed(std::string_view question, int answers);

}  // namespace muster
