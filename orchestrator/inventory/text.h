// SPDX-License-Identifier: GPL-2.0-or-later
// Small things that both readers need to say about text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace muster {

// The text between quotation marks, shortened, with everything but printable ASCII escaped: safe on a
// terminal.
std::string shown(std::string_view text);

// Without spaces, tabs and carriage returns at both ends.
std::string_view trimmed(std::string_view text);

// Offset of the first byte that no inventory needs and readers disagree about: control characters except tab
// and line ends, Unicode line separators, a carriage return alone, broken UTF-8.
std::optional<std::size_t> find_bad_byte(std::string_view text);

std::string lower_case(std::string_view text);

}  // namespace muster
