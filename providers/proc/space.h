// SPDX-License-Identifier: GPL-2.0-or-later
// How full a file system is, counted as df(1) does: what is reserved for root is neither used nor free.
//
// Units  bytes and counts.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/base/host.h"

namespace muster::proc {

struct Space {
  std::uint64_t used = 0;
  std::uint64_t free = 0;

  Space& operator+=(const Space& other) {
    used += other.used;
    free += other.free;
    return *this;
  }
  // Rounded up: what is nearly full is not said to be less. 0 of nothing.
  std::uint64_t percent_used() const {
    const auto whole = static_cast<double>(used) + static_cast<double>(free);
    if (whole <= 0) return 0;
    return std::min<std::uint64_t>(
        100, static_cast<std::uint64_t>(std::ceil(static_cast<double>(used) * 100.0 / whole)));
  }
};

inline Space bytes_of(const FileSystemUsage& usage) {
  return {usage.size_bytes - std::min(usage.size_bytes, usage.free_bytes), usage.available_bytes};
}

inline Space inodes_of(const FileSystemUsage& usage) {
  return {usage.inodes - std::min(usage.inodes, usage.free_inodes), usage.free_inodes};
}

}  // namespace muster::proc
