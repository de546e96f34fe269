// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/host/rows_writer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace muster::agent {
namespace {

constexpr std::string_view kContinues = "+";
constexpr std::string_view kWhole = ".";
constexpr std::string_view kLast = "!";
constexpr std::size_t kFieldOverhead = 4;
constexpr std::size_t kRoom = ipc::kMaxFrameBytes - 64;

constexpr std::array kCodes = {Errc::not_found,   Errc::denied,    Errc::untrusted,   Errc::timeout,
                               Errc::unreachable, Errc::malformed, Errc::unsupported, Errc::internal};

}  // namespace

void RowsWriter::start(std::uint64_t id) {
  frame_ = {tag_, id, {std::string(kWhole)}};
  size_ = kFieldOverhead + 1;
}

void RowsWriter::flush(std::string_view mark) {
  if (frame_.fields.size() == 1) return;
  frame_.fields[0] = mark;
  if (sent_) sent_ = send_(frame_);
  start(frame_.id);
}

void RowsWriter::add(std::string_view row) {
  const bool full = frame_.fields.size() >= ipc::kMaxFields || size_ + kFieldOverhead + row.size() > kRoom;
  if (full) flush(kWhole);
  while (kFieldOverhead + row.size() > kRoom - size_) {
    const auto part = row.substr(0, kRoom - size_ - kFieldOverhead);
    frame_.fields.emplace_back(part);
    flush(kContinues);
    row.remove_prefix(part.size());
  }
  frame_.fields.emplace_back(row);
  size_ += kFieldOverhead + row.size();
}

Result<void> RowsWriter::finish(const Result<void>& outcome) {
  const bool said_by_rows = outcome && frame_.fields.size() > 1;
  flush(said_by_rows ? kLast : kWhole);
  if (sent_ && !said_by_rows) sent_ = send_(done_frame(frame_.id, outcome));
  return sent_;
}

Result<void> RowsReader::add(ipc::Frame frame, std::size_t limit_bytes) {
  auto& fields = frame.fields;
  if (fields.size() < 2 || (fields[0] != kContinues && fields[0] != kWhole && fields[0] != kLast)) {
    return fail(Errc::malformed, "rows: not a rows frame");
  }
  for (std::size_t i = 1; i < fields.size(); ++i) {
    bytes_ += fields[i].size() + sizeof(std::string);  // rows without content take memory too
    if (bytes_ > limit_bytes) {
      return fail(Errc::malformed,
                  "rows: the answer is larger than " + std::to_string(limit_bytes) + " bytes");
    }
    if (i == 1 && continues_) {
      rows_.back() += fields[i];
    } else {
      rows_.push_back(std::move(fields[i]));
    }
  }
  continues_ = fields[0] == kContinues;
  over_ = fields[0] == kLast;
  return {};
}

ipc::Frame done_frame(std::uint64_t id, const Result<void>& outcome) {
  if (outcome) return {ipc::Tag::done, id, {"ok", ""}};
  const Error& error = outcome.error();
  // The front quotes this to a client: bounded, and never the hint, which is for this machine's operator.
  return {ipc::Tag::done, id, {std::string(to_string(error.code)), error.what.substr(0, 1024)}};
}

Result<void> outcome_of(const ipc::Frame& done) {
  if (done.fields.size() != 2) return fail(Errc::malformed, "done: not a done frame");
  if (done.fields[0] == "ok") return {};
  const auto code =
      std::find_if(kCodes.begin(), kCodes.end(), [&](Errc c) { return to_string(c) == done.fields[0]; });
  return fail(code == kCodes.end() ? Errc::internal : *code, done.fields[1]);
}

}  // namespace muster::agent
