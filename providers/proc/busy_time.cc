// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/busy_time.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "providers/proc/rates.h"

namespace muster::proc {

void BusyTime::look(Time now, std::vector<ProcessTicks> processes) {
  previous_ = std::exchange(latest_, Look{now, std::move(processes)});
}

std::uint64_t BusyTime::percent(Time now, const ProcessTicks& process) const {
  const auto& look = now - latest_.at >= kShortest ? latest_ : previous_;
  const auto before = std::lower_bound(look.processes.begin(), look.processes.end(), process.pid,
                                       [](const ProcessTicks& p, std::uint32_t pid) { return p.pid < pid; });
  if (before == look.processes.end() || before->pid != process.pid) return 0;
  if (before->start_ticks != process.start_ticks) return 0;
  const double elapsed = std::chrono::duration<double>(now - look.at).count();
  if (elapsed <= 0) return 0;
  const double busy = static_cast<double>(grown(before->ticks, process.ticks)) / ticks_per_second_;
  return static_cast<std::uint64_t>(std::lround(std::min(100.0, busy * 100.0 / elapsed)));
}

}  // namespace muster::proc
