// SPDX-License-Identifier: GPL-2.0-or-later
// Finding elements by name in configuration files of application servers, which are XML.
//
// This is a search, not a parser: it skips comments and reads attributes, and understands no entities, no
// CDATA and no nesting. What it cannot make out it does not find.
//
// Ownership  results point into the text that was given.
#pragma once

#include <optional>
#include <string_view>

namespace muster::proc {

// Takes the text up to and including the next start tag of this name off the front of `rest`; the result is
// what stands between the name and the closing ">". nullopt when none is left.
std::optional<std::string_view> next_tag(std::string_view& rest, std::string_view name);

// The value of an attribute within such a tag, without its quotes.
std::optional<std::string_view> attribute(std::string_view tag, std::string_view name);

// The text behind the first tag of this name, up to the next "<", without blanks around it.
std::optional<std::string_view> text_of_tag(std::string_view text, std::string_view name);

}  // namespace muster::proc
