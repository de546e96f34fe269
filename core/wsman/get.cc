// SPDX-License-Identifier: GPL-2.0-or-later
#include <optional>
#include <string>
#include <utility>

#include "core/wsman/names.h"
#include "core/wsman/operations.h"
#include "core/wsman/reply_headers.h"

namespace muster::wsman {
namespace {

using enum FaultCode;

Fault ambiguous(const Request& request) {
  if (request.selectors.empty()) {
    return {invalid_selectors, request.class_name + " has several instances: name its keys",
            "InsufficientSelectors"};
  }
  return {invalid_selectors, request.class_name + ": the keys name several instances", "AmbiguousSelectors"};
}

void got(const Exchange& exchange, const Result<Rows>& rows) {
  if (!rows) return exchange.refuse(to_fault(rows.error()));
  if (rows->empty()) {
    return exchange.refuse({destination_unreachable, exchange.request.class_name + ": no such instance"});
  }
  if (rows->size() > 1) return exchange.refuse(ambiguous(exchange.request));
  ItemParts item{rows->front(), {}};
  if (exchange.request.wants_reference) item = parts_of(rows->front());
  Envelope envelope = exchange.open_reply(names::kGetResponse);
  add_wanted_headers(envelope, exchange.request, item.reference);
  const std::size_t size = exchange.fixed_size(envelope) + encoded_size(item.object, exchange.encoding);
  if (size > exchange.request.max_envelope) return exchange.refuse(too_large());
  exchange.answer(std::move(envelope), item.object);
}

}  // namespace

std::optional<Fault> check_keys(const cim::Class& of, const std::vector<cim::Selector>& keys) {
  switch (cim::check_selectors(of, keys)) {
    case cim::SelectorProblem::none: return std::nullopt;
    case cim::SelectorProblem::unknown_name:
      return Fault{invalid_selectors, "a selector is not a key of " + std::string(of.name()),
                   "UnexpectedSelectors"};
    case cim::SelectorProblem::duplicate:
      return Fault{invalid_selectors, "a selector is there twice", "DuplicateSelectors"};
    case cim::SelectorProblem::insufficient:
      return Fault{invalid_selectors, "a key of " + std::string(of.name()) + " is missing",
                   "InsufficientSelectors"};
  }
  return std::nullopt;
}

void get(const ExchangePtr& exchange) {
  const Request& request = exchange->request;
  if (request.class_name == "*") {
    return exchange->refuse({action_not_supported, "Get needs the name of one class"});
  }
  InstanceSource& source = exchange->state.source;
  const cim::Class* const of = find_class(source, request.class_name);
  if (of == nullptr) return exchange->refuse(no_such_class(request.class_name));
  Query query{Query::Kind::enumerate, std::string(of->name()), {}, request.shape};
  if (!request.selectors.empty()) {
    if (const std::optional<Fault> problem = check_keys(*of, request.selectors)) {
      return exchange->refuse(*problem);
    }
    query.kind = Query::Kind::get;
    query.keys = request.selectors;
  }
  if (request.wants_reference) query.shape.content = ItemShape::Content::both;
  source.fetch(query, request.timeout, [exchange](const Result<Rows>& rows) { got(*exchange, rows); });
}

}  // namespace muster::wsman
