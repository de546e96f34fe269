// SPDX-License-Identifier: GPL-2.0-or-later
// Up to where a log file has been read for one qid: what is kept between calls, and its text on disk.
//
// Errors  malformed. The file belongs to the account, which may have written anything into it.
// Limits  kMaxStateBytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace muster::executor {

inline constexpr std::size_t kMaxStateBytes = 16384;

struct LogState {
  std::string file;          // path, as the client names it
  std::string qid;           // both are hashed into the name, and compared here
  std::uint64_t device = 0;  // of the file that was read last;
  std::uint64_t inode = 0;   // 0: there was none yet
  std::uint64_t offset = 0;  // octets that have been read
  std::string fingerprint;   // of what lies before the offset, see log_reader.h; empty when nothing does
  bool skip = false;         // the next call passes over all that is there then

  friend bool operator==(const LogState&, const LogState&) = default;
};

std::string state_text(const LogState& state);
Result<LogState> parse_log_state(std::string_view text);

}  // namespace muster::executor
