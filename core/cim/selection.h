// SPDX-License-Identifier: GPL-2.0-or-later
// Which instances a request wants, by key values: WS-Man selectors without "__cimnamespace".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/cim/instance.h"

namespace muster::cim {

struct Selector {
  std::string name;
  std::string value;
};

enum class SelectorProblem { none, unknown_name, duplicate, insufficient };

// Are these selectors exactly the keys of the class? Names compare without case. `insufficient`: a key is
// missing.
SelectorProblem check_selectors(const Class& of, const std::vector<Selector>& selectors);

// Every selector's value equals the instance's key. Values compare with case, numbers by value,
// booleans without case.
bool selects(const std::vector<Selector>& selectors, const Instance& instance);

}  // namespace muster::cim
