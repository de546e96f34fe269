// SPDX-License-Identifier: GPL-2.0-or-later
// What Tag::watch asks the monitor for: that a log file be watched as its caller. It travels as a RunOrder, in the
// frames and with the limits of one, as a call of a method that no class declares; without a deadline.
//
// A watch has a name: 64 hexadecimal digits that the front makes of the stream, or of the subscription, that it is
// for. Under it the monitor remembers that it has let the caller in, and the watcher keeps its place in the file.
//
// Errors  malformed: with the option's name first, where a client may have said it; the front may have been taken over.
// Limits  kMaxFileName, kMaxExpressions, kShortest to kLongest for the interval.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/ipc/run_order.h"
#include "core/base/error.h"

namespace muster::ipc {

// Where it begins: at the end of the file, or where a watch of this name left off.
enum class Begin : std::uint8_t { now, where_it_was };
// Whether its place in the file is kept on disk, and its caller's permission outlives the front.
enum class Place : std::uint8_t { forgotten, kept };

struct WatchOrder {
  static constexpr std::size_t kMaxFileName = 4096;
  static constexpr std::size_t kMaxExpressions = 64;
  static constexpr std::chrono::seconds kShortest{1};
  static constexpr std::chrono::seconds kLongest{3600};

  std::string name;
  std::string file;
  std::vector<std::string> expressions;
  std::chrono::seconds interval{10};
  Begin begin = Begin::now;
  Place place = Place::forgotten;
};

// Class and method that the audit log has it under.
inline constexpr std::string_view kWatchClass = "SCX_LogFile";
inline constexpr std::string_view kWatchMethod = "Subscribe";

bool is_watch_name(std::string_view text);

cim::Invocation watch_call(const WatchOrder& order);
Result<WatchOrder> parse_watch(const cim::Invocation& call);

}  // namespace muster::ipc
