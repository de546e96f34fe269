// SPDX-License-Identifier: GPL-2.0-or-later
// How wide UTF-8 text is on a terminal, and how to make foreign text harmless there.
// Source: Unicode 15 East Asian Width and combining marks, in coarse ranges that cover what host names,
// mount points and messages hold.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace muster {

// Control characters (C0, DEL, C1), bidirectional overrides and invalid UTF-8 become "?": nothing that a host
// sends can move the cursor or recolour the screen.
std::string terminal_safe(std::string_view text);

// Columns of text that is terminal_safe().
std::size_t display_width(std::string_view text);

// The longest beginning that fits, ended by an ellipsis when something was cut.
std::string fit_width(std::string_view text, std::size_t width);

}  // namespace muster
