// SPDX-License-Identifier: GPL-2.0-or-later
// The operations of the service, one file each: every one answers its exchange exactly once, in the call or later.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/wsman/exchange.h"
#include "core/wsman/page.h"

namespace muster::wsman {

enum class Detail { with_versions, without_versions };

void identify(const Exchange& exchange, Detail detail);
void get(const ExchangePtr& exchange);
void get_declaration(const Exchange& exchange);
void enumerate(const ExchangePtr& exchange);
void enumerate_declarations(const Exchange& exchange);
void pull(const ExchangePtr& exchange);
void release(const ExchangePtr& exchange);
void invoke(const ExchangePtr& exchange);

// Whether these are exactly the keys of the class.
std::optional<Fault> check_keys(const cim::Class& of, const std::vector<cim::Selector>& keys);

// The answer to a Get, if it fits. `reference` is the item's own, where the request wants it.
void answer_item(const Exchange& exchange, std::string_view object, std::string_view reference);
// The answer to an Enumerate of these rows: the first page, or the context alone.
void begin_enumeration(const Exchange& exchange, Rows rows);
// The resource to which an enumeration belongs, and with it each Pull.
std::string enumerated_resource(const Request& request);

// What Enumerate and Pull may put into one answer.
PageLimits page_limits(const Exchange& exchange, const Envelope& envelope);

}  // namespace muster::wsman
