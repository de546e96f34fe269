// SPDX-License-Identifier: GPL-2.0-or-later
// What the front and the courier say to each other. Each question of the front is answered by one `settled` frame of
// its id.
//
// Layout  order and resumed: identifier, caller, stream, message, milliseconds to live; a resumed of no field follows
//         the last of them, before anything else. put: stream, event, and kAgain when an event that cannot be kept is
//         offered again; or stream, a number and kLost: of so many events that the front could not keep. renew:
//         identifier, milliseconds. close: identifier, and why when its source has ended it. ended: identifier.
//         arrived: identifier, event, bookmark; or identifier and a number: so many were dropped. settled: nothing, or
//         the fault's code, detail and reason.
// Errors  malformed: anything else; the peer may have been taken over.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/ipc/frame.h"
#include "core/base/error.h"
#include "core/wsman/courier.h"

namespace muster::courier {

inline constexpr std::string_view kAgain = "again";
inline constexpr std::string_view kLost = "lost";

ipc::Frame order_frame(ipc::Tag tag, std::uint64_t id, const wsman::Order& order);
Result<wsman::Order> parse_order(const ipc::Frame& frame);

ipc::Frame settled_frame(std::uint64_t id, const std::optional<wsman::Fault>& fault);
Result<std::optional<wsman::Fault>> parse_settled(const ipc::Frame& frame);

ipc::Frame lost_frame(const std::string& stream, std::uint64_t events);
// How many, when it is a frame of those.
std::optional<std::uint64_t> parse_lost(const ipc::Frame& frame);

ipc::Frame dropped_frame(const std::string& id, std::uint64_t events);
// How many, when it is a frame of those.
std::optional<std::uint64_t> parse_dropped(const ipc::Frame& frame);

std::string milliseconds_text(std::chrono::milliseconds time);
std::optional<std::chrono::milliseconds> parse_milliseconds(const std::string& text);

}  // namespace muster::courier
