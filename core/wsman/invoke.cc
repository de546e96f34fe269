// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "core/wsman/method_input.h"
#include "core/wsman/operations.h"
#include "core/wsman/render.h"
#include "core/wsman/reply_headers.h"

namespace muster::wsman {
namespace {

constexpr std::size_t kFrameOctets = 1024;  // the body's own element, and header blocks that were asked for

Fault no_such_method(const Request& request) {
  return {FaultCode::action_not_supported,
          "class " + request.class_name + " offers no method " + request.method + " here"};
}

void answered(const Exchange& exchange, const cim::Class& of, const cim::Method& method,
              const MethodOutcome& outcome) {
  if (const auto* fault = std::get_if<Fault>(&outcome)) return exchange.refuse(*fault);
  const std::string body = render_output(of.name(), method, std::get<cim::Arguments>(outcome));
  Envelope envelope = exchange.open_reply(exchange.request.action + "Response");
  add_wanted_headers(envelope, exchange.request, {});
  const std::size_t size = exchange.fixed_size(envelope) + encoded_size(body, exchange.encoding);
  if (size > exchange.request.max_envelope) {
    return exchange.refuse({FaultCode::encoding_limit,
                            "the method was carried out; its answer does not fit into MaxEnvelopeSize",
                            "UnreportableSuccess"});
  }
  exchange.answer(std::move(envelope), body);
}

MethodTarget::Bounds bounds_of(const Exchange& exchange) {
  const Envelope envelope = exchange.open_reply(exchange.request.action + "Response");
  const std::size_t taken = exchange.fixed_size(envelope) + kFrameOctets;
  const std::size_t left = exchange.request.max_envelope - std::min(taken, exchange.request.max_envelope);
  return {exchange.request.timeout, exchange.encoding == Encoding::utf8 ? left : left / 2};
}

}  // namespace

void invoke(const ExchangePtr& exchange) {
  const Request& request = exchange->request;
  const cim::Class* const of = find_class(exchange->state.source, request.class_name);
  if (of == nullptr) return exchange->refuse(no_such_class(request.class_name));
  const cim::Method* const method = exchange->methods ? of->method(request.method) : nullptr;
  if (method == nullptr) return exchange->refuse(no_such_method(request));
  cim::Invocation invocation{std::string(of->name()), std::string(method->name), {}, {}};
  if (method->scope == cim::Scope::of_instance) {
    if (const std::optional<Fault> problem = check_keys(*of, request.selectors)) {
      return exchange->refuse(*problem);
    }
    invocation.keys = request.selectors;
  }
  if (const std::optional<Fault> problem = bind_arguments(*method, request.given, invocation.arguments)) {
    return exchange->refuse(*problem);
  }
  if (exchange->when_gone) exchange->when_gone([methods = exchange->methods] { methods->abandon(); });
  exchange->methods->invoke(
      invocation, bounds_of(*exchange),
      [exchange, of, method](const MethodOutcome& outcome) { answered(*exchange, *of, *method, outcome); });
}

}  // namespace muster::wsman
