// SPDX-License-Identifier: GPL-2.0-or-later
// Where the hosts of an inventory are: two of them in one place, and names that the resolver does not know.
//
// Errors   problems: two hosts with the same address and port; a name without an address. Doubts: an address whose name
//          is another, or which has none: certificates and logs will show the one or the other.
// Limits   kLookups at a time; the system's own patience for each (resolv.conf(5): timeout, attempts).
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "orchestrator/inventory/inventory.h"

namespace muster {

void check_duplicates(InventoryReading& reading);

// What the resolver says of a name.
struct Lookup {
  std::string address;  // the first one; empty: none, and `problem` says why
  std::string name;     // what that address is called; empty: nothing
  std::string problem;
  bool agrees = false;  // one of the name's addresses is called like the name, or its name leads to it
};
inline constexpr std::size_t kLookups = 16;

// Hosts whose address is a number are passed over. `look_up` is called in several threads at once.
void check_resolution(InventoryReading& reading,
                      const std::function<Lookup(const std::string& name)>& look_up);

// getaddrinfo(3) and getnameinfo(3).
Lookup look_up(const std::string& name);

}  // namespace muster
