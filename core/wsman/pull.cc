// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>
#include <utility>

#include "core/wsman/names.h"
#include "core/wsman/operations.h"
#include "core/wsman/page.h"

namespace muster::wsman {
namespace {

Enumeration* use(const Exchange& exchange, Fault& fault) {
  const Request& request = exchange.request;
  ServiceState& state = exchange.state;
  Enumeration* const found =
      state.enumerations.use(request.context, exchange.principal, state.environment.now(), fault);
  if (found == nullptr || request.class_name.empty() ||
      cim::same_name(enumerated_resource(request), found->class_name)) {
    return found;
  }
  fault = {FaultCode::invalid_enumeration_context, "this enumeration is of class " + found->class_name};
  return nullptr;
}

}  // namespace

PageLimits page_limits(const Exchange& exchange, const Envelope& envelope) {
  PageLimits limits;
  limits.octets = exchange.request.max_envelope;
  limits.fixed = exchange.fixed_size(envelope);
  limits.elements = exchange.request.max_elements;
  limits.characters = exchange.request.max_characters.value_or(limits.characters);
  limits.encoding = exchange.encoding;
  return limits;
}

void pull(const ExchangePtr& exchange) {
  Fault fault;
  const Enumeration* const found = use(*exchange, fault);
  if (found == nullptr) return exchange->refuse(fault);
  Envelope envelope = exchange->open_reply(names::kPullResponse, found->total);
  const Frames frames = pull_frames(exchange->request.context);
  const PageFit page = fit(found->waiting(), frames, page_limits(*exchange, envelope));
  if (page.rows == 0 && !page.end) return exchange->refuse(too_large());
  const std::string body = page_body(found->waiting(), frames, page);
  exchange->state.enumerations.advance(exchange->request.context, page.rows);
  exchange->answer(std::move(envelope), body);
}

void release(const ExchangePtr& exchange) {
  Fault fault;
  if (use(*exchange, fault) == nullptr) return exchange->refuse(fault);
  exchange->state.enumerations.close(exchange->request.context);
  exchange->answer(exchange->open_reply(names::kReleaseResponse), "");
}

}  // namespace muster::wsman
