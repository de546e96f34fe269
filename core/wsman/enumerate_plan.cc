// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/enumerate_plan.h"

#include <string>
#include <string_view>
#include <utility>

#include "core/wsman/item_shape.h"

namespace muster::wsman {
namespace {

using Problem = std::optional<Fault>;
using enum FaultCode;

constexpr std::string_view kAll = "*";

bool has_query(const Request& request) {
  return request.shape.dialect == ItemShape::Dialect::wql || request.shape.dialect == ItemShape::Dialect::cql;
}

Fault unprocessable(const Error& error) {
  return {cannot_process_filter, error.hint.empty() ? error.what : error.what + "; " + error.hint};
}

// R5.2-1, R8.1-6: all classes are asked by a query, and whole.
Problem check_all_classes(const Request& request) {
  if (request.class_name != kAll) return std::nullopt;
  if (request.polymorphism != Polymorphism::include) return Fault{polymorphism_mode_not_supported};
  if (has_query(request)) return std::nullopt;
  return Fault{destination_unreachable, "all classes are enumerated by a query in WQL or CQL only",
               "InvalidResourceURI"};
}

// The class that is asked, which the query names when the URI does not.
Problem read_class(const Request& request, std::string& out) {
  out = request.class_name;
  if (!has_query(request)) return std::nullopt;
  const auto query = parse_expression(request.shape.dialect, request.shape.expression);
  if (!query) return unprocessable(query.error());
  if (request.class_name != kAll && !cim::same_name(query->class_name, request.class_name)) {
    return Fault{cannot_process_filter,
                 "the query asks for " + query->class_name + ", the ResourceURI for " + request.class_name};
  }
  out = query->class_name;
  return std::nullopt;
}

// Against the class that was asked for, so that the names of a descendant are refused for its ancestor.
Problem check_filter(const Request& request, const cim::Class& of) {
  for (const cim::Selector& wanted : request.wanted) {
    if (of.index_of(wanted.name)) continue;
    return Fault{cannot_process_filter, wanted.name + " is no property of " + std::string(of.name())};
  }
  if (!has_query(request)) return std::nullopt;
  const auto writer = ItemWriter::make(request.shape, of);
  if (!writer) return unprocessable(writer.error());
  return std::nullopt;
}

}  // namespace

const cim::ClassDecl* find_declaration(const std::vector<const cim::Class*>& offered, std::string_view name) {
  for (const cim::Class* const each : offered) {
    for (const cim::ClassDecl* decl = &each->decl(); decl != nullptr; decl = decl->parent) {
      if (cim::same_name(decl->name, name)) return decl;
    }
  }
  return nullptr;
}

Problem plan_enumeration(const Request& request, const std::vector<const cim::Class*>& offered,
                         std::vector<Query>& out) {
  if (Problem problem = check_all_classes(request)) return problem;
  std::string class_name;
  if (Problem problem = read_class(request, class_name)) return problem;
  const cim::ClassDecl* const decl = find_declaration(offered, class_name);
  if (decl == nullptr) {
    return Fault{destination_unreachable, "class " + class_name + " is not offered here",
                 "InvalidResourceURI"};
  }
  const bool filtered = has_query(request) || !request.wanted.empty();
  if (filtered) {
    if (Problem problem = check_filter(request, cim::Class(*decl))) return problem;
  }
  for (const cim::Class* const each : offered) {
    const bool itself = &each->decl() == decl;
    if (!each->is_a(decl->name) || (request.polymorphism == Polymorphism::none && !itself)) continue;
    Query query{Query::Kind::enumerate, std::string(each->name()), request.wanted, request.shape};
    if (request.polymorphism == Polymorphism::exclude && !itself) query.shape.as_class = decl->name;
    out.push_back(std::move(query));
  }
  return std::nullopt;
}

}  // namespace muster::wsman
