// SPDX-License-Identifier: GPL-2.0-or-later
// Files of the kernel that are read again and again: opened once, read from their beginning each time.
//
// Their content is made when it is read, so that every reading is as fresh as with a new descriptor.
// Errors   as read_all() of fd.h; an error of opening is not remembered.
// Limits   one descriptor for each path of a short list.
// Ownership
//          descriptors belong to the process that opened them: after a fork the child opens its own, since it may
//          have closed those and given their numbers away.
// Threads  any; one reads at a time.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/base/fd.h"

namespace muster {

class KeptFiles {
 public:
  // Position in the list, or kNone for a path that is not kept.
  static std::size_t place_of(std::string_view path);
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  KeptFiles();
  Result<std::string> read(std::size_t place, std::size_t limit);

 private:
  // Made in one piece: what is shorter than it was asked for ends there, and nobody has to ask again.
  static bool in_one_piece(std::size_t place) { return place < kInOnePiece; }

  static constexpr std::array<std::string_view, 6> kPaths = {
      "/proc/meminfo", "/proc/uptime", "/proc/stat", "/proc/vmstat", "/proc/diskstats", "/proc/1/mountinfo",
  };
  static constexpr std::size_t kInOnePiece = 3;
  std::mutex mutex_;
  unsigned forks_;  // of this process's line when the descriptors were opened
  std::array<Fd, kPaths.size()> files_;
};

}  // namespace muster
