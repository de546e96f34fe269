// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/process_list.h"

#include <algorithm>

#include "providers/proc/text.h"

namespace muster::proc {

Result<std::vector<std::uint32_t>> list_pids(const Host& host) {
  const auto names = host.list_folder("/proc");
  if (!names) return fail(names.error());
  std::vector<std::uint32_t> pids;
  pids.reserve(names->size());
  for (const auto& name : *names) {
    if (const auto pid = number<std::uint32_t>(name)) pids.push_back(*pid);
  }
  std::sort(pids.begin(), pids.end());
  return pids;
}

}  // namespace muster::proc
