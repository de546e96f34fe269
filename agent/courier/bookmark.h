// SPDX-License-Identifier: GPL-2.0-or-later
// A place in a stream, as a subscriber keeps it: "muster:STREAM:GENERATION:NUMBER". To the subscriber it is opaque.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/courier/event_log.h"
#include "core/wsman/fault.h"

namespace muster::courier {

std::string bookmark_of(const EventLog& log, std::uint64_t number);

// The number of the last event that the subscriber has: 0 counts as "none of those that are kept". A fault when the
// bookmark is none, is of another stream, or what follows it is no longer kept.
std::optional<wsman::Fault> read_bookmark(std::string_view text, const EventLog& log, std::uint64_t& out);

}  // namespace muster::courier
