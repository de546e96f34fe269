// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/cpu_time.h"

#include <algorithm>
#include <optional>
#include <string>

#include "providers/proc/rates.h"
#include "providers/proc/text.h"

namespace muster::proc {
namespace {

using Field = std::uint64_t CpuTime::*;

// In the order of the line. Old kernels end it early.
constexpr Field kFields[] = {&CpuTime::user,   &CpuTime::nice, &CpuTime::system,  &CpuTime::idle,
                             &CpuTime::iowait, &CpuTime::irq,  &CpuTime::softirq, &CpuTime::steal};
constexpr std::size_t kLeastFields = 4;

std::optional<CpuTime> parse_time(std::string_view line) {
  CpuTime time;
  std::size_t read = 0;
  for (const auto field : kFields) {
    const auto ticks = next_number<std::uint64_t>(line);
    if (!ticks) break;
    time.*field = *ticks;
    ++read;
  }
  return read >= kLeastFields ? std::optional(time) : std::nullopt;
}

}  // namespace

CpuTime& CpuTime::operator+=(const CpuTime& other) {
  for (const auto field : kFields) this->*field += other.*field;
  return *this;
}

CpuTime between(const CpuTime& before, const CpuTime& after) {
  CpuTime grew;
  for (const auto field : kFields) grew.*field = grown(before.*field, after.*field);
  return grew;
}

Result<std::vector<Cpu>> parse_cpu_times(std::string_view stat) {
  std::vector<Cpu> cpus;
  for (std::string_view line; next_line(stat, line);) {
    const auto name = next_word(line);
    if (!name || !name->starts_with("cpu")) break;  // the cpu lines come first; the rest may be long
    const auto index = number<std::uint32_t>(name->substr(3));
    if (!index) continue;  // the kernel's sum
    const auto time = parse_time(line);
    if (!time) {
      return fail(Errc::malformed, "/proc/stat: " + std::string(*name) + " is not followed by four numbers");
    }
    cpus.push_back({*index, *time});
  }
  if (cpus.empty()) return fail(Errc::malformed, "/proc/stat: no processors");
  std::sort(cpus.begin(), cpus.end(), [](const Cpu& a, const Cpu& b) { return a.number < b.number; });
  return cpus;
}

}  // namespace muster::proc
