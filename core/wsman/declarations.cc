// SPDX-License-Identifier: GPL-2.0-or-later
// Get and Enumerate of the classes themselves. What there is to tell is in memory: no source is asked.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/wsman/cim_xml.h"
#include "core/wsman/enumerate_plan.h"
#include "core/wsman/operations.h"

namespace muster::wsman {
namespace {

using Problem = std::optional<Fault>;
using enum FaultCode;

constexpr std::string_view kAll = "*";
constexpr std::string_view kSelector = "ClassName";

// The class that URI and selector name; empty when neither does.
Problem read_name(const Request& request, std::string& out) {
  out = request.class_name == kAll ? std::string() : request.class_name;
  for (const cim::Selector& selector : request.selectors) {
    if (!cim::same_name(selector.name, kSelector)) {
      return Fault{invalid_selectors, "a declaration is selected by ClassName alone", "UnexpectedSelectors"};
    }
    if (!out.empty() && !cim::same_name(out, selector.value)) {
      return Fault{invalid_selectors, "ClassName names another class than the ResourceURI", "InvalidValue"};
    }
    out = selector.value;
  }
  return std::nullopt;
}

// What is offered for instances and not for their classes.
Problem check_plain(const Request& request) {
  using Dialect = ItemShape::Dialect;
  const ItemShape& shape = request.shape;
  if (shape.dialect == Dialect::fragment) {
    return Fault{unsupported_feature, "a declaration comes whole", "FragmentLevelAccess"};
  }
  if (shape.dialect != Dialect::none || !request.wanted.empty()) {
    return Fault{cannot_process_filter, "declarations are not filtered"};
  }
  if (shape.content != ItemShape::Content::object) {
    return Fault{unsupported_feature, "a declaration has no reference", "EnumerationMode"};
  }
  if (request.polymorphism != Polymorphism::include) return Fault{polymorphism_mode_not_supported};
  return std::nullopt;
}

// Ancestors before their descendants, else in the order in which the classes are offered.
std::vector<const cim::ClassDecl*> all_declarations(const std::vector<const cim::Class*>& offered) {
  std::vector<const cim::ClassDecl*> all;
  for (const cim::Class* const each : offered) {
    const auto end = static_cast<std::ptrdiff_t>(all.size());
    for (const cim::ClassDecl* decl = &each->decl(); decl != nullptr; decl = decl->parent) {
      if (std::ranges::find(all, decl) == all.end()) all.insert(all.begin() + end, decl);
    }
  }
  return all;
}

bool descends_from(const cim::ClassDecl& decl, const cim::ClassDecl& ancestor) {
  const cim::ClassDecl* each = decl.parent;
  while (each != nullptr && each != &ancestor) each = each->parent;
  return each != nullptr;
}

}  // namespace

void get_declaration(const Exchange& exchange) {
  const Request& request = exchange.request;
  std::string name;
  Problem problem = check_plain(request);
  if (!problem) problem = read_name(request, name);
  if (!problem && name.empty()) {
    problem = Fault{invalid_selectors, "ClassName is missing", "InsufficientSelectors"};
  }
  if (problem) return exchange.refuse(*problem);
  const cim::ClassDecl* const decl = find_declaration(exchange.state.source.classes(), name);
  if (decl == nullptr) return exchange.refuse(no_such_class(name));
  answer_item(exchange, render_class(*decl, request.class_detail), {});
}

// All classes, or those below the one that is named.
void enumerate_declarations(const Exchange& exchange) {
  const Request& request = exchange.request;
  std::string name;
  Problem problem = check_plain(request);
  if (!problem) problem = read_name(request, name);
  if (problem) return exchange.refuse(*problem);
  const auto& offered = exchange.state.source.classes();
  const cim::ClassDecl* const above = name.empty() ? nullptr : find_declaration(offered, name);
  if (above == nullptr && !name.empty()) return exchange.refuse(no_such_class(name));
  Rows rows;
  for (const cim::ClassDecl* const each : all_declarations(offered)) {
    if (above != nullptr && !descends_from(*each, *above)) continue;
    rows.push_back(render_class(*each, request.class_detail));
  }
  begin_enumeration(exchange, std::move(rows));
}

}  // namespace muster::wsman
