// SPDX-License-Identifier: GPL-2.0-or-later
// The event that a line of a log file is: an instance of Muster_LogFileMatch, as the element that becomes its body.
//
// Limits  the element fits into an event that is kept: a line is cut further when its escapes need the room.
#pragma once

#include <string>
#include <string_view>

namespace muster::agent {

// `numbers` are those of the expressions that the line matches, counted from 0, as in "0 2".
std::string log_match(const std::string& file, std::string_view numbers, std::string_view line);

}  // namespace muster::agent
