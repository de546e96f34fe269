// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/key_files.h"

#include <set>

#include <fcntl.h>

#include "core/base/fd.h"

namespace muster {

void check_key_files(InventoryReading& reading) {
  std::set<std::string> seen;
  for (const auto& host : reading.inventory.hosts) {
    const auto& path = host.private_key_file;
    if (path.empty() || !seen.insert(path).second) continue;
    if (Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))) continue;
    auto error = errno_error(host.where.file + ":" + std::to_string(host.where.line) + ":" +
                             std::to_string(host.where.column) + ": ansible_ssh_private_key_file: " + path);
    error.hint =
        "relative paths begin at the inventory's folder; remove it to use the agent and the usual keys";
    reading.problems.push_back({host.where, std::move(error)});
  }
}

}  // namespace muster
