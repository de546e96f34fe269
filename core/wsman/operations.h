// SPDX-License-Identifier: GPL-2.0-or-later
// The operations of the service, one file each: every one answers its exchange exactly once, in the call or later.
#pragma once

#include "core/wsman/exchange.h"
#include "core/wsman/page.h"

namespace muster::wsman {

enum class Detail { with_versions, without_versions };

void identify(const Exchange& exchange, Detail detail);
void get(const ExchangePtr& exchange);
void enumerate(const ExchangePtr& exchange);
void pull(const ExchangePtr& exchange);
void release(const ExchangePtr& exchange);
void subscribe(const ExchangePtr& exchange);
void unsubscribe(const ExchangePtr& exchange);
void renew(const ExchangePtr& exchange);
// Pull and Release of a subscription's context.
void pull_events(const ExchangePtr& exchange);
void release_events(const ExchangePtr& exchange);

// What Enumerate and Pull may put into one answer.
PageLimits page_limits(const Exchange& exchange, const Envelope& envelope);

}  // namespace muster::wsman
