// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/host_choice.h"

#include <algorithm>
#include <set>

#include <CLI/CLI.hpp>

#include "orchestrator/inventory/inventory.h"

namespace muster {
namespace {

constexpr char kHint[] = "muster hosts shows the names";

// Registered hosts in the shape that patterns select from.
Inventory as_inventory(const std::vector<HostRecord>& hosts) {
  Inventory inventory;
  for (const auto& host : hosts) {
    HostEntry entry;
    entry.name = host.name;
    entry.address = host.address;
    entry.groups = groups_of(host);
    for (const auto& group : entry.groups) inventory.groups[group].push_back(host.name);
    inventory.by_name[host.name] = inventory.hosts.size();
    inventory.hosts.push_back(std::move(entry));
  }
  return inventory;
}

std::string listed(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : " ") + name;
  return all;
}

}  // namespace

void HostChoice::declare(CLI::App& command) {
  command.add_option("host", names_, "registered hosts; all without any")->type_name("HOST");
  command.add_option("--limit", limit_, "only those of them that match")->type_name("PATTERN");
}

Result<std::vector<HostRecord>> HostChoice::select(const std::vector<HostRecord>& registered) const {
  const auto inventory = as_inventory(registered);
  const auto matching = select_hosts(inventory, limit_);
  if (!matching) return fail(matching.error().code, "--limit: " + matching.error().what, kHint);
  std::set<std::string> allowed;
  std::vector<std::string> wanted = names_;
  for (const auto* entry : *matching) {
    allowed.insert(entry->name);
    if (names_.empty()) wanted.push_back(entry->name);
  }
  std::vector<HostRecord> chosen;
  for (const auto& name : wanted) {
    const auto place = inventory.by_name.find(name);
    if (place == inventory.by_name.end()) {
      return fail(Errc::not_found, name + ": not a registered host", kHint);
    }
    if (allowed.erase(name) != 0) chosen.push_back(registered[place->second]);
  }
  return chosen;
}

Error HostChoice::nothing_chosen() const {
  if (names_.empty()) return {Errc::not_found, "--limit '" + limit_ + "': leaves no registered host", kHint};
  return {Errc::not_found, listed(names_) + " and --limit '" + limit_ + "' have no host in common",
          "both count where both are given: leave one out"};
}

std::vector<std::string> groups_of(const HostRecord& host) {
  std::vector<std::string> groups;
  for (std::size_t begin = 0; begin < host.groups.size();) {
    const auto end = std::min(host.groups.find(',', begin), host.groups.size());
    groups.push_back(host.groups.substr(begin, end - begin));
    begin = end + 1;
  }
  return groups;
}

}  // namespace muster
