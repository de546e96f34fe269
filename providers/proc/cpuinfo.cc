// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/cpuinfo.h"

#include <algorithm>
#include <vector>

#include "providers/proc/text.h"

namespace muster::proc {
namespace {

bool has_word(std::string_view list, std::string_view wanted) {
  for (std::string_view word; next_word(list, word);) {
    if (word == wanted) return true;
  }
  return false;
}

}  // namespace

Cpuinfo parse_cpuinfo(std::string_view text) {
  Cpuinfo cpus;
  std::vector<std::string_view> packages;
  for (std::string_view line; next_line(text, line);) {
    const auto colon = std::min(line.find(':'), line.size());
    const auto value = line.substr(std::min(colon + 1, line.size()));
    if (line.starts_with("processor")) ++cpus.logical;
    if (line.starts_with("physical id")) packages.push_back(value);
    if (line.starts_with("flags") && !cpus.says_flags) {
      cpus.says_flags = true;
      cpus.hypervisor = has_word(value, "hypervisor");
    }
  }
  std::sort(packages.begin(), packages.end());
  const auto distinct = std::unique(packages.begin(), packages.end()) - packages.begin();
  cpus.physical = cpus.logical == 0 ? 0 : std::max<std::uint64_t>(1, static_cast<std::uint64_t>(distinct));
  return cpus;
}

}  // namespace muster::proc
