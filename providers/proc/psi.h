// SPDX-License-Identifier: GPL-2.0-or-later
// Pressure stall information: /proc/pressure/* and the *.pressure files of control groups.
//
// Source  the kernel's Documentation/accounting/psi.rst
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace muster::proc {

struct Stall {
  double percent_10s = 0;
  double percent_60s = 0;
  double percent_300s = 0;
  std::uint64_t total_microseconds = 0;
};

// A line that is missing or not as described is not there: kernels before 5.13 say nothing of "full" for cpu.
struct Pressure {
  std::optional<Stall> some;
  std::optional<Stall> full;
};

Pressure parse_pressure(std::string_view text);

}  // namespace muster::proc
