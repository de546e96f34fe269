// SPDX-License-Identifier: GPL-2.0-or-later
// What several inventory tests say about a reading.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/inventory/inventory.h"

namespace muster {

// "line:column code", one per problem: what an editor would jump to.
inline std::vector<std::string> places(const InventoryReading& reading) {
  std::vector<std::string> out;
  out.reserve(reading.problems.size());
  for (const Problem& problem : reading.problems) {
    out.push_back(std::to_string(problem.where.line) + ":" + std::to_string(problem.where.column) + " " +
                  std::string(to_string(problem.error.code)));
  }
  return out;
}

inline std::string all_text(const InventoryReading& reading) {
  std::string out;
  for (const Problem& problem : reading.problems) {
    out += problem.error.what + " | " + problem.error.hint + "\n";
  }
  return out;
}

inline std::vector<std::string> host_names(const Inventory& inventory) {
  std::vector<std::string> out;
  out.reserve(inventory.hosts.size());
  for (const HostEntry& host : inventory.hosts) out.push_back(host.name);
  return out;
}

inline std::string variable(const InventoryReading& reading, const std::string& host,
                            const std::string& name) {
  const HostEntry* entry = reading.inventory.find(host);
  if (entry == nullptr) return "(no such host)";
  const auto found = entry->variables.find(name);
  return found == entry->variables.end() ? "(not set)" : found->second;
}

}  // namespace muster
