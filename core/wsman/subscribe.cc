// SPDX-License-Identifier: GPL-2.0-or-later
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "core/wsman/duration.h"
#include "core/wsman/ids.h"
#include "core/wsman/names.h"
#include "core/wsman/operations.h"

namespace muster::wsman {
namespace {

// What is granted, in whole seconds but for less than one.
std::string expires_element(Subscriptions::Lifetime lifetime) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(lifetime);
  return "<wse:Expires>" + format_duration(seconds) + "</wse:Expires>";
}

std::string open_element(std::string_view name) {
  return "<wse:" + std::string(name) + " xmlns:wse=\"" + std::string(names::kEventing) + "\">";
}

// The identifier is also the context of a subscription that pulls.
std::string subscribed_body(const std::string& id, DeliveryMode mode, Subscriptions::Lifetime lifetime) {
  std::string body = open_element("SubscribeResponse");
  body.append("<wse:SubscriptionManager><wsa:Address>").append(names::kAnonymous);
  body.append("</wsa:Address><wsa:ReferenceParameters><wse:Identifier>").append(id);
  body.append("</wse:Identifier></wsa:ReferenceParameters></wse:SubscriptionManager>");
  body.append(expires_element(lifetime));
  if (mode == DeliveryMode::pull) {
    body.append("<wsen:EnumerationContext>").append(id).append("</wsen:EnumerationContext>");
  }
  return body.append("</wse:SubscribeResponse>");
}

const Subscription* use(const Exchange& exchange, Fault& fault) {
  ServiceState& state = exchange.state;
  return state.eventing.subscriptions.find(exchange.request.identifier, exchange.principal,
                                           state.environment.now(), fault);
}

Caller caller_of(const Exchange& exchange) {
  Caller caller = exchange.methods ? exchange.methods->caller() : Caller{};
  caller.principal = exchange.principal;
  return caller;
}

}  // namespace

void subscribe(const ExchangePtr& exchange) {
  const Request& request = exchange->request;
  Eventing& eventing = exchange->state.eventing;
  Watch watch;
  if (const auto problem = eventing.check(request, watch)) return exchange->refuse(*problem);
  if (const auto problem = eventing.subscriptions.check_room(exchange->principal)) {
    return exchange->refuse(*problem);
  }
  const auto lifetime = Subscriptions::granted(request.subscribe->expires);
  const Order order{message_id(exchange->state.environment.random), exchange->principal,
                    stream_of(exchange->principal, watch), exchange->text, lifetime};
  const auto gone = std::make_shared<bool>(false);
  if (exchange->when_gone) exchange->when_gone([gone] { *gone = true; });
  eventing.open(order, request, watch, caller_of(*exchange),
                [exchange, gone, id = order.id, lifetime](const auto& problem) {
                  if (problem) return exchange->refuse(*problem);
                  // Nobody knows its name: it would take a place and send events until it dies.
                  if (*gone) exchange->state.eventing.close(id);
                  exchange->answer(exchange->open_reply(names::kSubscribeResponse),
                                   subscribed_body(id, exchange->request.subscribe->mode, lifetime));
                });
}

void unsubscribe(const ExchangePtr& exchange) {
  Fault fault;
  if (use(*exchange, fault) == nullptr) return exchange->refuse(fault);
  exchange->state.eventing.close(exchange->request.identifier);
  exchange->answer(exchange->open_reply(names::kUnsubscribeResponse), "");
}

void renew(const ExchangePtr& exchange) {
  Fault fault;
  if (use(*exchange, fault) == nullptr) return exchange->refuse(fault);
  const auto lifetime = Subscriptions::granted(exchange->request.renewed_for);
  exchange->state.eventing.renew(exchange->request.identifier, lifetime, caller_of(*exchange));
  exchange->answer(exchange->open_reply(names::kRenewResponse),
                   open_element("RenewResponse") + expires_element(lifetime) + "</wse:RenewResponse>");
}

}  // namespace muster::wsman
