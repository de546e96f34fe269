// SPDX-License-Identifier: GPL-2.0-or-later
// Frames of a process that was taken over: whatever decodes must encode to the very same bytes, and its rows
// and outcomes must be taken or refused within their limits.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agent/auth/principal.h"
#include "agent/host/call.h"
#include "agent/host/fetch.h"
#include "agent/host/rows_writer.h"
#include "agent/ipc/frame.h"
#include "agent/ipc/run_order.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muster;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto frame = ipc::decode(bytes);
  if (!frame) return frame.error().code == Errc::malformed ? 0 : (std::abort(), 0);
  if (frame->fields.size() > ipc::kMaxFields || ipc::encoded_size(*frame) != size) std::abort();
  if (ipc::encode(*frame) != bytes) std::abort();

  agent::RowsReader reader;
  constexpr std::size_t kLimit = 4096;
  if (reader.add(*frame, kLimit)) {
    std::size_t total = 0;
    for (const auto& row : reader.take()) total += row.size();
    if (total > kLimit) std::abort();
  }
  static_cast<void>(agent::outcome_of(*frame).has_value());
  if (const auto query = agent::parse_fetch(*frame)) {
    if (agent::fetch_frame(frame->id, *query).fields.size() > frame->fields.size()) std::abort();
  }
  if (const auto call = agent::parse_call(*frame)) {
    if (agent::call_frame(frame->id, *call).fields.size() != frame->fields.size()) std::abort();
  }
  if (const auto order = ipc::parse_run(frame->fields)) {
    if (ipc::run_rows(*order).size() != frame->fields.size()) std::abort();
  }
  const auto principal = auth::Principal::from_monitor(*frame);
  if (principal && (frame->tag != ipc::Tag::authenticated || frame->fields.at(0) != "accepted")) std::abort();
  return 0;
}
