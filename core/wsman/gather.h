// SPDX-License-Identifier: GPL-2.0-or-later
// Rows of several classes: a base class is asked for as each of its descendants, one after the other, within
// one deadline.
#pragma once

#include <functional>
#include <variant>
#include <vector>

#include "core/wsman/exchange.h"

namespace muster::wsman {

// Either all rows, or the fault that ends the operation. A class that cannot be listed by itself is passed
// over when it is not the only one.
using Gathered = std::variant<Rows, Fault>;

// Calls back exactly once, in the call or later. The deadline is the request's OperationTimeout.
void gather(ExchangePtr exchange, std::vector<Query> queries, std::function<void(Gathered)> done);

}  // namespace muster::wsman
