// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/options.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "core/wsman/escape.h"
#include "core/wsman/names.h"
#include "core/wsman/resource_uri.h"
#include "core/wsman/xml.h"

namespace muster::wsman {
namespace {

using Problem = std::optional<Fault>;
using enum FaultCode;

constexpr std::size_t kMaxOptions = 64;
constexpr std::size_t kMaxName = 2048;
constexpr std::size_t kMaxValue = 4096;

void omit_nulls(Request& out, bool wanted) {
  out.shape.nulls = wanted ? ItemShape::Nulls::left_out : ItemShape::Nulls::sent;
}

void include_qualifiers(Request& out, bool wanted) {
  out.class_detail.qualifiers = wanted;
}

void include_inherited_elements(Request& out, bool wanted) {
  out.class_detail.inherited_elements = wanted;
}

void include_class_origin(Request& out, bool wanted) {
  out.class_detail.class_origin = wanted;
}

struct Row {
  std::string_view name;
  void (*apply)(Request& out, bool wanted);
};

// All that are known are switches.
constexpr Row kRows[] = {{"OmitNil", omit_nulls},
                         {"IncludeQualifiers", include_qualifiers},
                         {"IncludeInheritedElements", include_inherited_elements},
                         {"IncludeClassOrigin", include_class_origin}};

std::optional<bool> switch_of(std::string_view text) {
  if (same_name(text, "true") || text == "1" || text.empty()) return true;
  if (same_name(text, "false") || text == "0") return false;
  return std::nullopt;
}

Problem read_option(pugi::xml_node option, Request& out) {
  if (!xml::is(option, names::kWsman, "Option")) {
    return Fault{schema_validation_error, "OptionSet holds something else than Option"};
  }
  const std::string_view name = xml::attribute(option, "", "Name").value();
  if (name.empty()) return Fault{invalid_options, "an Option without Name", "InvalidName"};
  const std::optional<std::string> value = xml::token(option);
  const std::size_t size = value ? value->size() : 0;
  if (name.size() > kMaxName || size > kMaxValue) {
    return Fault{encoding_limit, "an Option is too long", "OptionLimit"};
  }
  for (const Row& row : kRows) {
    if (!same_name(row.name, name)) continue;
    const std::optional<bool> wanted = value ? switch_of(*value) : std::nullopt;
    if (!wanted) {
      return Fault{invalid_options, std::string(name) + " is neither true nor false", "InvalidValue"};
    }
    row.apply(out, *wanted);
    return std::nullopt;
  }
  const std::string_view must = trimmed(xml::attribute(option, "", "MustComply").value());
  if (must != "true" && must != "1") return std::nullopt;
  return Fault{invalid_options, "option " + std::string(name) + " is not offered", "NotSupported"};
}

}  // namespace

Problem read_options(pugi::xml_node set, Request& out) {
  std::size_t count = 0;
  for (pugi::xml_node option = xml::first_element(set); option; option = xml::next_element(option)) {
    if (++count > kMaxOptions) return Fault{encoding_limit, "more than 64 options", "OptionLimit"};
    if (Problem problem = read_option(option, out)) return problem;
  }
  return std::nullopt;
}

}  // namespace muster::wsman
