// SPDX-License-Identifier: GPL-2.0-or-later
// The form of the audit log: one JSON object a line, each with a number, the hash of the line before and its own. Who
// changes, removes or moves a line breaks the chain behind it. That the end was cut off shows only against a hash
// that somebody kept elsewhere (the agent's journal names each).
//
// Errors  malformed: "line N: what".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.h"

namespace muster::audit {

struct Head {
  std::uint64_t number = 0;                 // of the last line; 0 before the first
  std::string hash = std::string(64, '0');  // its SHA-256
};

using Fields = std::vector<std::pair<std::string, std::string>>;  // all are written as JSON strings

// The next line, with its line end; moves the head.
std::string chained(const Fields& fields, Head& head);

// The head that one line states; malformed when its hash is not that of its text.
Result<Head> head_of(std::string_view line);

struct Verified {
  std::uint64_t lines = 0;
  std::string begins_after;  // the hash that the first line names; 64 zeros when it is the first of all
  Head head;                 // of the last line
};
// Lines that follow each other without a break.
Result<Verified> verify(std::string_view text);

}  // namespace muster::audit
