// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/cpu_percentages.h"

#include <algorithm>

#include "providers/proc/rates.h"

namespace muster::proc {

void set_percentages(cim::Instance& row, const CpuTime& spent) {
  const auto total = spent.total();
  row.set("PercentIdleTime", percent(spent.idle, total))
      .set("PercentUserTime", percent(spent.user, total))
      .set("PercentNiceTime", percent(spent.nice, total))
      .set("PercentPrivilegedTime", percent(spent.system, total))
      .set("PercentInterruptTime", percent(spent.irq, total))
      .set("PercentDPCTime", percent(spent.softirq, total))
      .set("PercentProcessorTime", percent(total - spent.idle - spent.iowait, total))
      .set("PercentIOWaitTime", percent(spent.iowait, total));
}

const CpuTime* time_of(const std::vector<Cpu>& cpus, std::uint32_t number) {
  const auto found =
      std::lower_bound(cpus.begin(), cpus.end(), number,
                       [](const Cpu& cpu, std::uint32_t wanted) { return cpu.number < wanted; });
  return found != cpus.end() && found->number == number ? &found->time : nullptr;
}

}  // namespace muster::proc
