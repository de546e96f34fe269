// SPDX-License-Identifier: GPL-2.0-or-later
// Watches a log file for as long as somebody wants it: every line that is new and matches goes to the front, and the
// place in the file moves on when the front has taken it.
//
// Promise  a place that is kept is written down after the lines before it were taken: at least once, none left out.
// Paths    FOLDER/watch-NAME.place; those that were not touched for kKept go.
// Limits   kMostAtOnce lines of one look, kMaxLineOctets of each; one frame is under way at a time. A look reads for
//          kLook, and afterwards rests at least as long as it kept the processor busy. kMostPlaces places of one
//          account: the oldest goes.
// Errors   malformed: an expression cannot be used, or the path is no regular file; denied: the file may not be read;
//          internal.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "agent/ipc/channel.h"
#include "agent/ipc/watch_order.h"
#include "core/base/error.h"

namespace muster::executor {

inline constexpr std::size_t kMostAtOnce = 500;
inline constexpr std::size_t kMaxLineOctets = std::size_t{8} * 1024;
inline constexpr std::size_t kMostPlaces = 256;
inline constexpr std::chrono::hours kKept{8 * 24};
inline constexpr std::chrono::seconds kLook{2};

// Called with the number of lines that were taken so far, whenever it grows.
using Report = std::function<void(std::size_t taken)>;

// Until the front is gone, which is no error. It is told `watching` when all is well.
Result<void> watch_log(const ipc::WatchOrder& order, const std::string& folder, ipc::Channel& front,
                       const Report& report);

}  // namespace muster::executor
