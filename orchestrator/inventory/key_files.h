// SPDX-License-Identifier: GPL-2.0-or-later
// The private keys that an inventory names must be there: on this machine, for this user.
#pragma once

#include "orchestrator/inventory/inventory.h"

namespace muster {

// Adds a problem for each file that cannot be read, where the first of its hosts is mentioned.
void check_key_files(InventoryReading& reading);

}  // namespace muster
