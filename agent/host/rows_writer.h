// SPDX-License-Identifier: GPL-2.0-or-later
// Packs rendered instances into frames: many small rows share one, a large row continues over several.
//
// Layout  of Tag::rows, and of other tags that carry a list of any length: field 0 is "+" when the last row continues in the next frame, "!" when the answer is
//         over and well with this frame (no Tag::done follows: one wake-up of the front less), else "."; then
//         the rows.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "agent/ipc/frame.h"
#include "core/base/error.h"

namespace muster::agent {

class RowsWriter {
 public:
  using Send = std::function<Result<void>(const ipc::Frame&)>;

  RowsWriter(std::uint64_t id, Send send, ipc::Tag tag = ipc::Tag::rows) : send_(std::move(send)), tag_(tag) {
    start(id);
  }

  void add(std::string_view row);
  // Sends what is left and the end of the answer. The first error of sending is the result.
  Result<void> finish(const Result<void>& outcome);

 private:
  void start(std::uint64_t id);
  void flush(std::string_view mark);

  Send send_;
  ipc::Tag tag_;
  ipc::Frame frame_;
  std::size_t size_ = 0;
  Result<void> sent_;
};

// The other end: puts the rows of one answer together.
class RowsReader {
 public:
  // malformed: the frame is no rows frame, or the answer outgrows `limit_bytes`.
  Result<void> add(ipc::Frame frame, std::size_t limit_bytes);
  bool over() const { return over_; }             // the frame that came last ended the answer
  bool unfinished() const { return continues_; }  // the last row wants another frame
  std::vector<std::string> take() { return std::move(rows_); }

 private:
  std::vector<std::string> rows_;
  std::size_t bytes_ = 0;
  bool continues_ = false;
  bool over_ = false;
};

// In the place of an error's code when the monitor refuses an order for want of room.
inline constexpr std::string_view kTooMany = "quota";

// Tag::done with the outcome of a call, and back.
ipc::Frame done_frame(std::uint64_t id, const Result<void>& outcome);
Result<void> outcome_of(const ipc::Frame& done);

}  // namespace muster::agent
