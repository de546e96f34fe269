// SPDX-License-Identifier: GPL-2.0-or-later
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/wsman/gather.h"
#include "core/wsman/names.h"
#include "core/wsman/operations.h"
#include "core/wsman/reply_headers.h"

namespace muster::wsman {
namespace {

using enum FaultCode;

std::string keys_of(const cim::Class& of) {
  std::string names;
  for (const cim::Property& property : of.properties()) {
    if (property.role != cim::Role::key) continue;
    names.append(names.empty() ? "" : ", ").append(property.name);
  }
  return names;
}

Fault ambiguous(const Request& request, const std::vector<const cim::Class*>& offered) {
  if (request.selectors.empty()) {
    std::string reason = request.class_name + " has several instances: name its keys";
    for (const cim::Class* const each : offered) {
      if (cim::same_name(each->name(), request.class_name)) reason += ", " + keys_of(*each);
    }
    return {invalid_selectors, std::move(reason), "InsufficientSelectors"};
  }
  return {invalid_selectors, request.class_name + ": the keys name several instances", "AmbiguousSelectors"};
}

void got(const Exchange& exchange, const Rows& rows) {
  if (rows.empty()) {
    return exchange.refuse({destination_unreachable, exchange.request.class_name + ": no such instance"});
  }
  if (rows.size() > 1) return exchange.refuse(ambiguous(exchange.request, exchange.state.source.classes()));
  if (!exchange.request.wants_reference) return answer_item(exchange, rows.front(), {});
  const ItemParts item = parts_of(rows.front());
  answer_item(exchange, item.object, item.reference);
}

Query query_of(const Request& request, const cim::Class& of) {
  Query query{Query::Kind::enumerate, std::string(of.name()), {}, request.shape};
  if (!request.selectors.empty()) {
    query.kind = Query::Kind::get;
    query.keys = request.selectors;
  }
  if (request.wants_reference) query.shape.content = ItemShape::Content::both;
  return query;
}

// One query for each descendant whose keys are those that were named: the instance comes as its own class.
std::optional<Fault> plan_descendants(const Request& request, const std::vector<const cim::Class*>& offered,
                                      std::vector<Query>& out) {
  std::optional<Fault> problem = no_such_class(request.class_name);
  for (const cim::Class* const each : offered) {
    if (!each->is_a(request.class_name)) continue;
    if (!request.selectors.empty()) problem = check_keys(*each, request.selectors);
    if (request.selectors.empty() || !problem) out.push_back(query_of(request, *each));
  }
  if (out.empty()) return problem;
  // Without keys all instances would have to be read, to be refused for their number.
  if (request.selectors.empty() && out.size() > 1) return ambiguous(request, offered);
  return std::nullopt;
}

void get_of_descendants(const ExchangePtr& exchange) {
  std::vector<Query> queries;
  if (const auto problem = plan_descendants(exchange->request, exchange->state.source.classes(), queries)) {
    return exchange->refuse(*problem);
  }
  gather(exchange, std::move(queries), [exchange](const Gathered& found) {
    if (const auto* problem = std::get_if<Fault>(&found)) return exchange->refuse(*problem);
    got(*exchange, std::get<Rows>(found));
  });
}

}  // namespace

std::optional<Fault> check_keys(const cim::Class& of, const std::vector<cim::Selector>& keys) {
  switch (cim::check_selectors(of, keys)) {
    case cim::SelectorProblem::none: return std::nullopt;
    case cim::SelectorProblem::unknown_name:
      return Fault{invalid_selectors,
                   "a selector is not a key of " + std::string(of.name()) + "; its keys are " + keys_of(of),
                   "UnexpectedSelectors"};
    case cim::SelectorProblem::duplicate:
      return Fault{invalid_selectors, "a selector is there twice", "DuplicateSelectors"};
    case cim::SelectorProblem::insufficient:
      return Fault{invalid_selectors,
                   "a key of " + std::string(of.name()) + " is missing; its keys are " + keys_of(of),
                   "InsufficientSelectors"};
  }
  return std::nullopt;
}

void answer_item(const Exchange& exchange, std::string_view object, std::string_view reference) {
  Envelope envelope = exchange.open_reply(names::kGetResponse);
  add_wanted_headers(envelope, exchange.request, reference);
  const std::size_t size = exchange.fixed_size(envelope) + encoded_size(object, exchange.encoding);
  if (size > exchange.request.max_envelope) return exchange.refuse(too_large());
  exchange.answer(std::move(envelope), object);
}

void get(const ExchangePtr& exchange) {
  const Request& request = exchange->request;
  if (request.class_name == "*") {
    return exchange->refuse({action_not_supported, "Get needs the name of one class"});
  }
  InstanceSource& source = exchange->state.source;
  const cim::Class* const of = find_class(source, request.class_name);
  if (of == nullptr) return get_of_descendants(exchange);
  if (!request.selectors.empty()) {
    if (const std::optional<Fault> problem = check_keys(*of, request.selectors)) {
      return exchange->refuse(*problem);
    }
  }
  source.fetch(query_of(request, *of), request.timeout, [exchange](const Result<Rows>& rows) {
    if (!rows) return exchange->refuse(to_fault(rows.error()));
    got(*exchange, *rows);
  });
}

}  // namespace muster::wsman
