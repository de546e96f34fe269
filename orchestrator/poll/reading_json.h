// SPDX-License-Identifier: GPL-2.0-or-later
// Readings and instances for programs.
#pragma once

#include "orchestrator/cli/output.h"
#include "orchestrator/poll/reading.h"

namespace muster {

// Property values stay text, as on the wire; null is null, a repeated name becomes an array.
Json item_json(const wsman::Item& item);
Json reading_json(const Reading& reading);

}  // namespace muster
