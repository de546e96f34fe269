// SPDX-License-Identifier: GPL-2.0-or-later
// Which classes an Enumerate asks, and in which shape: base classes, polymorphism, queries.
//
// Source  DSP0227 clauses 5.2 (all classes), 8.1 (polymorphism), 8.2 (filters).
#pragma once

#include <optional>
#include <vector>

#include "core/cim/class.h"
#include "core/wsman/fault.h"
#include "core/wsman/request.h"
#include "core/wsman/service.h"

namespace muster::wsman {

// One query for each class that has to be asked, in the order in which they are offered; maybe none.
std::optional<Fault> plan_enumeration(const Request& request, const std::vector<const cim::Class*>& offered,
                                      std::vector<Query>& out);

// The class, or an ancestor of one that is offered; null for any other name.
const cim::ClassDecl* find_declaration(const std::vector<const cim::Class*>& offered, std::string_view name);

}  // namespace muster::wsman
