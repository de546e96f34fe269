// SPDX-License-Identifier: GPL-2.0-or-later
// Reads what is new in a log file since a position, through rotation by renaming, truncation and copytruncate.
//
// A position belongs to a file by device, inode and a fingerprint: the SHA-256 of the first and the last kMarkOctets
// before the offset. When the file at the path is another one, or was emptied, what was not read yet is looked for in
// the rotated files beside it (NAME.1, NAME-20261121, not compressed): the one with the inode of the position, else
// one with its fingerprint, which is what copytruncate leaves. It is read to its end, then those that are younger
// than it, then the file at the path from its beginning.
//
// Only whole lines count, so a line that is being written is for the next call; at the end of a rotated file what is
// there is a line. A line of more than kMaxLine octets is taken as several.
//
// Errors  denied, not_found (of the path itself), malformed (no regular file), internal.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "agent/executor/log_state.h"
#include "core/base/error.h"

namespace muster::executor {

inline constexpr std::size_t kMaxLine = std::size_t{64} * 1024;

// Called for each line, without its end. Stop: this line is for the next call, and so is the rest.
enum class Next { go_on, stop };
using TakeLine = std::function<Next(std::string_view line)>;

enum class Rest { none, more };

// Reads from state's position and moves it behind what was taken. A file that is not there is no error: the position
// says so, and when it comes it is read from its beginning.
Result<Rest> read_new_lines(LogState& state, std::chrono::steady_clock::time_point deadline,
                            const TakeLine& take);

// Puts the position behind the last whole line that is there now.
Result<void> move_to_end(LogState& state);

}  // namespace muster::executor
