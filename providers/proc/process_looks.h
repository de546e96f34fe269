// SPDX-License-Identifier: GPL-2.0-or-later
// What each process had used at the last two looks at all of them, so that rates can be told.
//
// Limits  40 bytes for each process and look; two looks are kept.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "providers/proc/process_stat.h"
#include "providers/proc/rates.h"

namespace muster::proc {

// Counters of one process; how they grew, after between().
struct ProcessUse {
  std::uint32_t pid = 0;
  std::uint64_t start_ticks = 0;  // tells a process from a later one of the same number
  std::uint64_t user_ticks = 0;
  std::uint64_t system_ticks = 0;
  std::uint64_t major_faults = 0;
};

inline ProcessUse use_of(std::uint32_t pid, const ProcessStat& stat) {
  return {pid, stat.start_ticks, stat.user_ticks, stat.system_ticks, stat.major_faults};
}

class ProcessLooks {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Growth {
    ProcessUse use;
    std::chrono::nanoseconds elapsed{0};  // 0: nothing is known
  };

  // All processes now, in ascending order of their numbers.
  void look(Time now, std::vector<ProcessUse> processes) {
    previous_ = std::exchange(latest_, Look{now, std::move(processes)});
  }

  // From the latest look that is kShortest ago to now.
  Growth growth(Time now, const ProcessUse& process) const {
    const auto& look = now - latest_.at >= kShortest ? latest_ : previous_;
    const auto before =
        std::lower_bound(look.processes.begin(), look.processes.end(), process.pid,
                         [](const ProcessUse& each, std::uint32_t pid) { return each.pid < pid; });
    if (before == look.processes.end() || before->pid != process.pid) return {};
    if (before->start_ticks != process.start_ticks) return {};
    return {.use = {process.pid, process.start_ticks, grown(before->user_ticks, process.user_ticks),
                    grown(before->system_ticks, process.system_ticks),
                    grown(before->major_faults, process.major_faults)},
            .elapsed = now - look.at};
  }

  // A shorter interval says more about the clock than about the process: ticks are 10 ms.
  static constexpr std::chrono::seconds kShortest{10};

 private:
  struct Look {
    Time at{};
    std::vector<ProcessUse> processes;
  };

  Look latest_;
  Look previous_;
};

}  // namespace muster::proc
