// SPDX-License-Identifier: GPL-2.0-or-later
// A wsman:SelectorSet, in a header or in a filter.
//
// Limits  kMaxSelectors, kMaxSelectorName, kMaxSelectorValue of names.h.
#pragma once

#include <optional>
#include <vector>

#include <pugixml.hpp>

#include "core/cim/selection.h"
#include "core/wsman/fault.h"

namespace muster::wsman {

// InvalidSelectors for a value that is markup or a name that is there twice.
std::optional<Fault> read_selector_set(pugi::xml_node set, std::vector<cim::Selector>& out);

}  // namespace muster::wsman
