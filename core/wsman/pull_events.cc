// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/wsman/event_message.h"
#include "core/wsman/names.h"
#include "core/wsman/operations.h"
#include "core/wsman/reply_headers.h"

namespace muster::wsman {
namespace {

constexpr std::size_t kMostAtOnce = 256;
constexpr std::size_t kBookmarkRoom = 256;  // octets of the header, whichever event is the last

const Subscription* use(const Exchange& exchange, Fault& fault) {
  ServiceState& state = exchange.state;
  const Subscription* found = state.eventing.subscriptions.find(exchange.request.context, exchange.principal,
                                                                state.environment.now(), fault);
  if (found == nullptr && fault.code == FaultCode::invalid_message) {
    fault = {FaultCode::invalid_enumeration_context};
  }
  if (found != nullptr && found->mode != DeliveryMode::pull) {
    fault = {FaultCode::invalid_enumeration_context, "the events of this subscription are not pulled"};
    return nullptr;
  }
  return found;
}

// Something waits. What was dropped is told first, once.
void answer(const Exchange& exchange) {
  const std::string& id = exchange.request.context;
  Subscriptions& all = exchange.state.eventing.subscriptions;
  const std::deque<KeptEvent>& waiting = all.waiting(id);
  std::vector<std::string> rows;
  const auto dropped = all.untold_drops(id);
  if (dropped) rows.push_back(dropped_events_element(*dropped));
  for (const KeptEvent& event : waiting) {
    if (rows.size() >= kMostAtOnce) break;
    rows.push_back(event.item);
  }
  Envelope envelope = exchange.open_reply(names::kPullResponse);
  const Frames frames{pull_frames(id).more, pull_frames(id).more};
  PageLimits limits = page_limits(exchange, envelope);
  limits.fixed += kBookmarkRoom;
  PageFit page = fit(rows, frames, limits);
  if (page.rows == 0) return exchange.refuse(too_large());
  const std::size_t events = page.rows - (dropped ? 1 : 0);
  const bool marked = all.find(id)->send_bookmarks && events > 0;
  if (marked) insert_headers(envelope, bookmark_header(waiting[events - 1].bookmark));
  const std::string body = page_body(rows, frames, page);
  if (dropped) all.told_drops(id);
  all.advance(id, events);
  exchange.answer(std::move(envelope), body);
}

}  // namespace

void pull_events(const ExchangePtr& exchange) {
  Fault fault;
  ServiceState& state = exchange->state;
  const Request& request = exchange->request;
  if (use(*exchange, fault) == nullptr) return exchange->refuse(fault);
  if (state.eventing.subscriptions.has_news(request.context)) return answer(*exchange);
  state.eventing.wait(
      request.context,
      {[exchange] { answer(*exchange); }, [exchange](const Fault& why) { exchange->refuse(why); },
       state.environment.now() + std::min(request.timeout, request.max_time)});
  if (!exchange->when_gone) return;
  // What waits is all that keeps the exchange: without it another Pull may wait by now.
  exchange->when_gone([weak = std::weak_ptr(exchange)] {
    if (const auto waiting = weak.lock()) waiting->state.eventing.stop_waiting(waiting->request.context);
  });
}

void release_events(const ExchangePtr& exchange) {
  Fault fault;
  if (use(*exchange, fault) == nullptr) return exchange->refuse(fault);
  exchange->state.eventing.close(exchange->request.context);
  exchange->answer(exchange->open_reply(names::kReleaseResponse), "");
}

}  // namespace muster::wsman
