// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/dialects.h"

#include <string>
#include <string_view>
#include <utility>

#include "core/wsman/escape.h"
#include "core/wsman/header.h"
#include "core/wsman/names.h"
#include "core/wsman/resource_uri.h"
#include "core/wsman/selector_set.h"
#include "core/wsman/xml.h"

namespace muster::wsman {
namespace {

using Problem = std::optional<Fault>;
using enum FaultCode;
using Dialect = ItemShape::Dialect;

constexpr std::string_view kFilterDialects[] = {names::kWql, names::kDmtfWql, names::kCql,
                                                names::kSelectorFilter};

constexpr std::string_view kFragmentDialects[] = {names::kXPath};

// Without the attribute it is XPath 1.0.
std::string_view dialect_of(pugi::xml_node node) {
  const std::string_view dialect = trimmed(xml::attribute(node, "", "Dialect").value());
  return dialect.empty() ? names::kXPath : dialect;
}

Problem read_query(pugi::xml_node filter, Dialect dialect, Request& out) {
  std::optional<std::string> text = xml::token(filter);
  if (!text) return Fault{cannot_process_filter, "a query is text and holds no markup"};
  if (text->empty()) return Fault{cannot_process_filter, "the filter is empty"};
  out.shape.dialect = dialect;
  out.shape.expression = std::move(*text);
  return std::nullopt;
}

// What is wrong with the selectors is wrong with the filter.
Problem read_selectors(pugi::xml_node filter, Request& out) {
  const pugi::xml_node set = xml::first_element(filter);
  const bool alone = set && !xml::next_element(set) && !xml::has_stray_text(filter);
  if (!alone || !xml::is(set, names::kWsman, "SelectorSet")) {
    return Fault{cannot_process_filter, "a SelectorFilter holds one wsman:SelectorSet and nothing else"};
  }
  if (Problem problem = read_selector_set(set, out.wanted)) {
    return Fault{cannot_process_filter, std::move(problem->reason)};
  }
  if (out.wanted.empty()) return Fault{cannot_process_filter, "the SelectorSet is empty"};
  return std::nullopt;
}

bool names_class(std::string_view uri, std::string_view class_name) {
  for (const std::string_view form : {names::kDmtfClass, names::kMicrosoftClass}) {
    if (uri.starts_with(form) && same_name(uri.substr(form.size()), class_name)) return true;
  }
  return false;
}

}  // namespace

Problem read_filter(pugi::xml_node filter, Request& out) {
  const std::string_view dialect = dialect_of(filter);
  if (dialect == names::kWql || dialect == names::kDmtfWql) return read_query(filter, Dialect::wql, out);
  if (dialect == names::kCql) return read_query(filter, Dialect::cql, out);
  if (dialect == names::kSelectorFilter) return read_selectors(filter, out);
  Fault fault{filter_dialect_unavailable};
  fault.supported_dialects = kFilterDialects;
  return fault;
}

Problem read_fragment(pugi::xml_node block, Request& out) {
  if (!block) return std::nullopt;
  if (out.verb != Verb::get) {
    return Fault{unsupported_feature, "fragments are offered for Get alone", "FragmentLevelAccess"};
  }
  if (!must_understand(block)) {
    return Fault{invalid_header, "header FragmentTransfer has to be understood, and does not say so"};
  }
  if (dialect_of(block) != names::kXPath) {
    Fault fault{fragment_dialect_not_supported};
    fault.supported_dialects = kFragmentDialects;
    return fault;
  }
  const std::string text = xml::token(block).value_or("");
  const Result<Fragment> fragment = parse_fragment(text);
  if (!fragment) return Fault{cannot_process_filter, fragment.error().what + "; " + fragment.error().hint};
  if (!fragment->prefix.empty() && !names_class(xml::resolve(block, fragment->prefix), out.class_name)) {
    return Fault{cannot_process_filter, "prefix " + fragment->prefix + " is not that of " + out.class_name};
  }
  out.shape.dialect = Dialect::fragment;
  out.shape.expression = text;
  return std::nullopt;
}

}  // namespace muster::wsman
