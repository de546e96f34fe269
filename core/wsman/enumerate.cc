// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/wsman/enumerate_plan.h"
#include "core/wsman/gather.h"
#include "core/wsman/ids.h"
#include "core/wsman/names.h"
#include "core/wsman/operations.h"
#include "core/wsman/page.h"
#include "core/wsman/reply_headers.h"

namespace muster::wsman {
namespace {

using enum FaultCode;

std::optional<std::chrono::seconds> lifetime_of(const Request& request) {
  if (!request.expires) return std::nullopt;
  return std::min(*request.expires, Enumerations::kLongest);
}

// Not optimised: the answer is the context alone, even when there is nothing to pull.
void begin(const Exchange& exchange, Envelope envelope, const std::string& id, Rows rows) {
  const Request& request = exchange.request;
  const auto lifetime = lifetime_of(request);
  const std::size_t total = rows.size();
  Enumeration all{exchange.principal, enumerated_resource(request), std::move(rows), 0, total, lifetime};
  ServiceState& state = exchange.state;
  if (const auto problem = state.enumerations.open(id, std::move(all), state.environment.now())) {
    return exchange.refuse(*problem);
  }
  exchange.answer(std::move(envelope), begun_body(id, lifetime));
}

}  // namespace

std::string enumerated_resource(const Request& request) {
  return request.subject == Subject::declarations ? std::string(names::kClassSchema) + "*"
                                                  : request.class_name;
}

void begin_enumeration(const Exchange& exchange, Rows rows) {
  const Request& request = exchange.request;
  ServiceState& state = exchange.state;
  const std::string id = context_id(state.environment.random);
  Envelope envelope = exchange.open_reply(names::kEnumerateResponse, rows.size());
  add_wanted_headers(envelope, request, {});
  if (!request.optimized) return begin(exchange, std::move(envelope), id, std::move(rows));

  const auto lifetime = lifetime_of(request);
  const Frames frames = enumerate_frames(id, lifetime);
  const PageFit page = fit(rows, frames, page_limits(exchange, envelope));
  if (page.rows == 0 && !page.end) return exchange.refuse(too_large());
  const std::string body = page_body(rows, frames, page);
  if (!page.end) {
    const std::size_t total = rows.size();
    Enumeration rest{
        exchange.principal, enumerated_resource(request), std::move(rows), page.rows, total, lifetime};
    if (const auto problem = state.enumerations.open(id, std::move(rest), state.environment.now())) {
      return exchange.refuse(*problem);
    }
  }
  exchange.answer(std::move(envelope), body);
}

void enumerate(const ExchangePtr& exchange) {
  const Request& request = exchange->request;
  if (!request.selectors.empty()) {
    return exchange->refuse({invalid_selectors, "Enumerate takes no key selectors", "UnexpectedSelectors"});
  }
  std::vector<Query> queries;
  if (const auto problem = plan_enumeration(request, exchange->state.source.classes(), queries)) {
    return exchange->refuse(*problem);
  }
  gather(exchange, std::move(queries), [exchange](Gathered found) {
    if (const auto* problem = std::get_if<Fault>(&found)) return exchange->refuse(*problem);
    begin_enumeration(*exchange, std::get<Rows>(std::move(found)));
  });
}

}  // namespace muster::wsman
