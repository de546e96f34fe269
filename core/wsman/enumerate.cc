// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/wsman/enumerate_plan.h"
#include "core/wsman/ids.h"
#include "core/wsman/names.h"
#include "core/wsman/operations.h"
#include "core/wsman/page.h"
#include "core/wsman/reply_headers.h"

namespace muster::wsman {
namespace {

using enum FaultCode;
using std::chrono::milliseconds;

// What an Enumerate still has to ask.
struct Gathering {
  ExchangePtr exchange;
  std::vector<Query> queries;
  std::size_t next = 0;
  std::chrono::steady_clock::time_point deadline;
  Rows rows;
};
using GatheringPtr = std::shared_ptr<Gathering>;

std::optional<std::chrono::seconds> lifetime_of(const Request& request) {
  if (!request.expires) return std::nullopt;
  return std::min(*request.expires, Enumerations::kLongest);
}

// Not optimised: the answer is the context alone, even when there is nothing to pull.
void begin(const Exchange& exchange, Envelope envelope, const std::string& id, Rows rows) {
  const Request& request = exchange.request;
  const auto lifetime = lifetime_of(request);
  const std::size_t total = rows.size();
  Enumeration all{exchange.principal, request.class_name, std::move(rows), 0, total, lifetime};
  ServiceState& state = exchange.state;
  if (const auto problem = state.enumerations.open(id, std::move(all), state.environment.now())) {
    return exchange.refuse(*problem);
  }
  exchange.answer(std::move(envelope), begun_body(id, lifetime));
}

void gathered(Gathering& gathering) {
  const Exchange& exchange = *gathering.exchange;
  const Request& request = exchange.request;
  ServiceState& state = exchange.state;
  const std::string id = context_id(state.environment.random);
  Envelope envelope = exchange.open_reply(names::kEnumerateResponse, gathering.rows.size());
  add_wanted_headers(envelope, request, {});
  if (!request.optimized) return begin(exchange, std::move(envelope), id, std::move(gathering.rows));

  const auto lifetime = lifetime_of(request);
  const Frames frames = enumerate_frames(id, lifetime);
  const PageFit page = fit(gathering.rows, frames, page_limits(exchange, envelope));
  if (page.rows == 0 && !page.end) return exchange.refuse(too_large());
  const std::string body = page_body(gathering.rows, frames, page);
  if (!page.end) {
    const std::size_t total = gathering.rows.size();
    Enumeration rest{
        exchange.principal, request.class_name, std::move(gathering.rows), page.rows, total, lifetime};
    if (const auto problem = state.enumerations.open(id, std::move(rest), state.environment.now())) {
      return exchange.refuse(*problem);
    }
  }
  exchange.answer(std::move(envelope), body);
}

// A base class is asked for as each of its descendants, one after the other, within one deadline.
void gather(const GatheringPtr& gathering) {
  if (gathering->next == gathering->queries.size()) return gathered(*gathering);
  ServiceState& state = gathering->exchange->state;
  const auto left = std::chrono::duration_cast<milliseconds>(gathering->deadline - state.environment.now());
  if (left.count() <= 0) return gathering->exchange->refuse({timed_out});
  state.source.fetch(gathering->queries[gathering->next++], left, [gathering](Result<Rows> rows) {
    // What lists nothing by itself does not spoil the list of its relatives.
    if (!rows && rows.error().code == Errc::unsupported && gathering->queries.size() > 1)
      return gather(gathering);
    if (!rows) return gathering->exchange->refuse(to_fault(rows.error()));
    std::move(rows->begin(), rows->end(), std::back_inserter(gathering->rows));
    gather(gathering);
  });
}

}  // namespace

void enumerate(const ExchangePtr& exchange) {
  const Request& request = exchange->request;
  if (!request.selectors.empty()) {
    return exchange->refuse({invalid_selectors, "Enumerate takes no key selectors", "UnexpectedSelectors"});
  }
  auto gathering = std::make_shared<Gathering>();
  if (const auto problem = plan_enumeration(request, exchange->state.source.classes(), gathering->queries)) {
    return exchange->refuse(*problem);
  }
  gathering->exchange = exchange;
  gathering->deadline = exchange->state.environment.now() + request.timeout;
  gather(gathering);
}

}  // namespace muster::wsman
