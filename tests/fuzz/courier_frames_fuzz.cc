// SPDX-License-Identifier: GPL-2.0-or-later
// Frames between the front and the courier, either of which may have been taken over: an order or an outcome within
// its limits that means the same when it is said again, or a refusal.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agent/courier/frames.h"
#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muster;
  using fuzz::demand;
  const auto frame = ipc::decode({reinterpret_cast<const char*>(data), size});
  if (!frame) return 0;  // the target ipc_frame
  if (const auto order = courier::parse_order(*frame)) {
    demand(!order->id.empty() && order->text.size() <= wsman::Courier::kMaxText &&
           order->lifetime.count() >= 0);
    const auto again = courier::parse_order(courier::order_frame(frame->tag, frame->id, *order));
    demand(again && again->id == order->id && again->principal == order->principal &&
           again->stream == order->stream && again->text == order->text &&
           again->lifetime == order->lifetime);
  }
  if (const auto settled = courier::parse_settled(*frame)) {
    const auto again = courier::parse_settled(courier::settled_frame(frame->id, *settled));
    demand(again && again->has_value() == settled->has_value());
    if (*settled) demand((*again)->code == (*settled)->code && (*again)->reason == (*settled)->reason);
  }
  if (const auto lost = courier::parse_lost(*frame)) {
    demand(courier::parse_lost(courier::lost_frame(frame->fields[0], *lost)) == lost);
  }
  for (const auto& field : frame->fields) {
    const auto time = courier::parse_milliseconds(field);
    if (time) demand(courier::parse_milliseconds(courier::milliseconds_text(*time)) == time);
  }
  return 0;
}
