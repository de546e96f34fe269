// SPDX-License-Identifier: GPL-2.0-or-later
// A log file as it lies on disk, and the rotated ones beside it.
//
// Errors  not_found, denied, malformed (no regular file), internal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/fd.h"

namespace muster::executor {

inline constexpr std::size_t kMarkOctets = 512;

struct LogFile {
  Fd fd;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t changed = 0;  // nanoseconds
};

Result<LogFile> open_log(const std::string& path);

// What is there at this place, at most `most` octets; less at the end.
Result<std::string> octets_at(const LogFile& file, std::uint64_t at, std::size_t most);

// SHA-256 of the first and the last kMarkOctets before the offset; empty when nothing is.
Result<std::string> fingerprint(const LogFile& file, std::uint64_t offset);

// NAME.1, NAME-20261121 and the like beside NAME, the oldest first. The 64 youngest; compressed ones have other names.
std::vector<LogFile> rotated_files(const std::string& path);

}  // namespace muster::executor
