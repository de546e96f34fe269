// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/selector_set.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "core/wsman/names.h"
#include "core/wsman/resource_uri.h"
#include "core/wsman/xml.h"

namespace muster::wsman {
namespace {

using Problem = std::optional<Fault>;
using enum FaultCode;

constexpr std::size_t kTypicalSelectors = 8;

Fault invalid(std::string reason) {
  return {schema_validation_error, std::move(reason)};
}

Problem read_selector(const xml::Scope& scope, pugi::xml_node node, std::vector<cim::Selector>& out) {
  if (xml::local_name(node.name()) != "Selector" || scope.uri_of(node) != names::kWsman) {
    return invalid("SelectorSet holds something else than Selector");
  }
  const pugi::xml_attribute name = scope.attribute(node, "", "Name");
  if (!name || *name.value() == '\0') return invalid("a Selector without Name");
  std::optional<std::string> value = xml::simple_text(node);
  if (!value) return Fault{invalid_selectors, "a Selector holds markup", "TypeMismatch"};
  if (std::string_view(name.value()).size() > names::kMaxSelectorName ||
      value->size() > names::kMaxSelectorValue) {
    return Fault{encoding_limit, "a Selector is too long", "SelectorLimit"};
  }
  out.push_back({name.value(), std::move(*value)});
  return std::nullopt;
}

Problem check_duplicates(const std::vector<cim::Selector>& selectors) {
  for (std::size_t i = 0; i < selectors.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (same_name(selectors[i].name, selectors[j].name)) {
        return Fault{invalid_selectors, "selector " + selectors[i].name + " is there twice",
                     "DuplicateSelectors"};
      }
    }
  }
  return std::nullopt;
}

}  // namespace

Problem read_selector_set(pugi::xml_node set, std::vector<cim::Selector>& out) {
  if (!set) return std::nullopt;
  out.reserve(kTypicalSelectors);
  const xml::Scope scope(set);
  for (pugi::xml_node node = xml::first_element(set); node; node = xml::next_element(node)) {
    if (out.size() == names::kMaxSelectors) {
      return Fault{encoding_limit, "more than 64 selectors", "SelectorLimit"};
    }
    if (Problem problem = read_selector(scope, node, out)) return problem;
  }
  if (xml::has_stray_text(set)) return invalid("text in SelectorSet");
  return check_duplicates(out);
}

}  // namespace muster::wsman
