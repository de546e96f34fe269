// SPDX-License-Identifier: GPL-2.0-or-later
// How busy each process has been since an earlier look at all of them.
//
// Limits  24 bytes for each process and look; two looks are kept.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace muster::proc {

struct ProcessTicks {
  std::uint32_t pid = 0;
  std::uint64_t start_ticks = 0;  // tells a process from a later one of the same number
  std::uint64_t ticks = 0;
};

class BusyTime {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit BusyTime(long ticks_per_second) : ticks_per_second_(static_cast<double>(ticks_per_second)) {}

  // All processes now, in ascending order of their numbers.
  void look(Time now, std::vector<ProcessTicks> processes);

  // Percent of one processor that the process used from the latest look that is kShortest ago to now, at most
  // 100. 0 for what that look has not seen.
  std::uint64_t percent(Time now, const ProcessTicks& process) const;

  // A shorter interval says more about the clock than about the process: ticks are 10 ms.
  static constexpr std::chrono::seconds kShortest{10};

 private:
  struct Look {
    Time at{};
    std::vector<ProcessTicks> processes;
  };

  double ticks_per_second_;
  Look latest_;
  Look previous_;
};

}  // namespace muster::proc
