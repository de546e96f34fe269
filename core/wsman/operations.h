// SPDX-License-Identifier: GPL-2.0-or-later
// The operations of the service, one file each: every one answers its exchange exactly once, in the call or later.
#pragma once

#include <optional>
#include <vector>

#include "core/wsman/exchange.h"
#include "core/wsman/page.h"

namespace muster::wsman {

enum class Detail { with_versions, without_versions };

void identify(const Exchange& exchange, Detail detail);
void get(const ExchangePtr& exchange);
void enumerate(const ExchangePtr& exchange);
void pull(const ExchangePtr& exchange);
void release(const ExchangePtr& exchange);
void invoke(const ExchangePtr& exchange);

// Whether these are exactly the keys of the class.
std::optional<Fault> check_keys(const cim::Class& of, const std::vector<cim::Selector>& keys);

// What Enumerate and Pull may put into one answer.
PageLimits page_limits(const Exchange& exchange, const Envelope& envelope);

}  // namespace muster::wsman
