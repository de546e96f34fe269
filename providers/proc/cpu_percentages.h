// SPDX-License-Identifier: GPL-2.0-or-later
// What a processor's time was spent on, as the two classes of processor statistics state it.
//
// Units  percent of the processor's time, to the nearest whole number.
#pragma once

#include "core/cim/instance.h"
#include "providers/proc/cpu_time.h"

namespace muster::proc {

// Sets PercentIdleTime to PercentIOWaitTime.
void set_percentages(cim::Instance& row, const CpuTime& spent);

// The time of one processor, of those that a reading holds; nullptr when it was not online then.
const CpuTime* time_of(const std::vector<Cpu>& cpus, std::uint32_t number);

}  // namespace muster::proc
