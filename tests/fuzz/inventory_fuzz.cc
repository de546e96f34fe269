// SPDX-License-Identifier: GPL-2.0-or-later
// Inventories of any content. The first byte chooses the reader: INI, YAML (and JSON) or CSV ('0', '1' and '2' in the
// corpus).
// Dictionary  inventory
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "orchestrator/inventory/inventory.h"
#include "orchestrator/inventory/names.h"

namespace {

// What every later stage relies on, whatever the file said.
void check(const muster::InventoryReading& reading) {
  if (!reading.problems.empty()) return;
  for (const muster::HostEntry& host : reading.inventory.hosts) {
    const bool sound = muster::is_host_name(host.name) && muster::is_host_name(host.address) &&
                       host.port != 0 && (host.user.empty() || muster::is_user_name(host.user)) &&
                       reading.inventory.find(host.name) == &host && !host.groups.empty() &&
                       host.where.line != 0;
    if (!sound) std::abort();
  }
  const auto all = muster::select_hosts(reading.inventory, "all");
  if (!all || all->size() != reading.inventory.hosts.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const muster::InventoryReading reading = data[0] % 3 == 0   ? muster::parse_inventory_ini(text, "inv")
                                           : data[0] % 3 == 1 ? muster::parse_inventory_yaml(text, "inv")
                                                              : muster::parse_inventory_csv(text, "inv");
  check(reading);
  const auto selected = muster::select_hosts(reading.inventory, text.substr(0, 100));
  if (!selected && selected.error().what.empty()) std::abort();
  return 0;
}
