// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/frames.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string_view>

#include "core/wsman/names.h"

namespace muster::courier {
namespace {

using wsman::Fault;
using wsman::FaultCode;

constexpr std::int64_t kLongest = std::int64_t{366} * 24 * 3600 * 1000;

// The faults that a courier has reason to give.
struct Row {
  std::string_view word;
  FaultCode code;
};
constexpr Row kFaults[] = {{"unusable", FaultCode::event_deliver_to_unusable},
                           {"bookmark", FaultCode::invalid_bookmark},
                           {"message", FaultCode::invalid_message},
                           {"quota", FaultCode::quota_limit},
                           {"internal", FaultCode::internal_error}};
constexpr std::string_view kDetails[] = {"", "UnusableAddress", "InvalidFormat", "Invalid", "Expired"};

std::optional<std::uint64_t> parse_count(const std::string& text) {
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return count;
}

}  // namespace

std::string milliseconds_text(std::chrono::milliseconds time) {
  return std::to_string(time.count());
}

std::optional<std::chrono::milliseconds> parse_milliseconds(const std::string& text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 0 || count > kLongest) {
    return std::nullopt;
  }
  return std::chrono::milliseconds(count);
}

ipc::Frame order_frame(ipc::Tag tag, std::uint64_t id, const wsman::Order& order) {
  return {tag, id, {order.id, order.principal, order.stream, order.text, milliseconds_text(order.lifetime)}};
}

Result<wsman::Order> parse_order(const ipc::Frame& frame) {
  const auto& fields = frame.fields;
  const auto lifetime = fields.size() == 5 ? parse_milliseconds(fields[4]) : std::nullopt;
  const bool sound = lifetime && !fields[0].empty() && fields[0].size() <= wsman::names::kMaxUri &&
                     fields[3].size() <= wsman::Courier::kMaxText;
  if (!sound) return fail(Errc::malformed, "order: not an order frame");
  return wsman::Order{fields[0], fields[1], fields[2], fields[3], *lifetime};
}

ipc::Frame lost_frame(const std::string& stream, std::uint64_t events) {
  return {ipc::Tag::put, 0, {stream, std::to_string(events), std::string(kLost)}};
}

std::optional<std::uint64_t> parse_lost(const ipc::Frame& frame) {
  if (frame.tag != ipc::Tag::put || frame.fields.size() != 3 || frame.fields[2] != kLost) return std::nullopt;
  return parse_count(frame.fields[1]);
}

ipc::Frame dropped_frame(const std::string& id, std::uint64_t events) {
  return {ipc::Tag::arrived, 0, {id, std::to_string(events)}};
}

std::optional<std::uint64_t> parse_dropped(const ipc::Frame& frame) {
  if (frame.tag != ipc::Tag::arrived || frame.fields.size() != 2) return std::nullopt;
  return parse_count(frame.fields[1]);
}

ipc::Frame settled_frame(std::uint64_t id, const std::optional<Fault>& fault) {
  if (!fault) return {ipc::Tag::settled, id, {}};
  const auto* const row = std::find_if(std::begin(kFaults), std::end(kFaults),
                                       [&](const Row& each) { return each.code == fault->code; });
  const std::string word(row == std::end(kFaults) ? "internal" : row->word);
  return {ipc::Tag::settled, id, {word, std::string(fault->detail), fault->reason}};
}

Result<std::optional<Fault>> parse_settled(const ipc::Frame& frame) {
  const auto& fields = frame.fields;
  if (fields.empty()) return std::optional<Fault>{};
  const auto bad = [] { return fail(Errc::malformed, "settled: not a settled frame"); };
  if (fields.size() != 3) return bad();
  const auto* const row = std::find_if(std::begin(kFaults), std::end(kFaults),
                                       [&](const Row& each) { return each.word == fields[0]; });
  const auto* const detail = std::find(std::begin(kDetails), std::end(kDetails), fields[1]);
  if (row == std::end(kFaults) || detail == std::end(kDetails)) return bad();
  Fault fault{row->code, fields[2]};
  fault.detail = *detail;  // a literal
  return std::optional<Fault>(std::move(fault));
}

}  // namespace muster::courier
