// SPDX-License-Identifier: GPL-2.0-or-later
// The audit log on disk: appended to, made durable line by line, and never rewritten. The chain goes on where the file
// ends; a file that was moved away is followed by one that begins after its last hash, also after a restart.
//
// Paths    STATE/audit.log, and beside it audit.log.head with a copy of the last line; for root alone (0600).
// Errors   malformed: the last line is damaged; internal, denied: not written. What was to be audited must not happen.
// Threads  the monitor's one.
#pragma once

#include <string>

#include "agent/audit/chain.h"
#include "core/base/error.h"

namespace muster::audit {

inline constexpr char kFileName[] = "/audit.log";

class Log {
 public:
  explicit Log(std::string path) : path_(std::move(path)) {}

  // Adds the time and makes the line durable.
  Result<void> append(Fields fields);
  const std::string& path() const { return path_; }

 private:
  Result<void> find_head(int file);
  void find_earlier_head();
  void keep_line(const std::string& line) const;

  std::string path_;
  Head head_;
  bool known_ = false;  // the head is that of the file
};

// "2026-11-21T13:51:38.123Z"
std::string time_text();

}  // namespace muster::audit
