// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/options.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/wsman/duration.h"
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

constexpr std::chrono::seconds kShortestInterval{1};
constexpr std::chrono::seconds kLongestInterval{3600};
std::optional<bool> switch_of(std::string_view text) {
  if (same_name(text, "true") || text == "1" || text.empty()) return true;
  if (same_name(text, "false") || text == "0") return false;
  return std::nullopt;
}

// Each takes the option's value into the request; false: it is none.
bool take_switch(std::string_view value, bool& out) {
  const std::optional<bool> wanted = switch_of(value);
  if (wanted) out = *wanted;
  return wanted.has_value();
}

bool omit_nulls(Request& out, std::string_view value) {
  bool wanted = false;
  if (!take_switch(value, wanted)) return false;
  out.shape.nulls = wanted ? ItemShape::Nulls::left_out : ItemShape::Nulls::sent;
  return true;
}

bool include_qualifiers(Request& out, std::string_view value) {
  return take_switch(value, out.class_detail.qualifiers);
}

bool include_inherited_elements(Request& out, std::string_view value) {
  return take_switch(value, out.class_detail.inherited_elements);
}

bool include_class_origin(Request& out, std::string_view value) {
  return take_switch(value, out.class_detail.class_origin);
}

bool read_interval(Request& out, std::string_view value) {
  const auto interval = parse_duration(value);
  if (!interval || *interval < kShortestInterval || *interval > kLongestInterval) return false;
  out.interval = std::chrono::ceil<std::chrono::seconds>(*interval);
  return true;
}

bool read_file_name(Request& out, std::string_view value) {
  if (!out.log.file.empty() || !value.starts_with('/')) return false;
  out.log.file = value;
  return true;
}

bool read_expression(Request& out, std::string_view value) {
  if (out.log.expressions.size() >= LogCondition::kMaxExpressions || value.empty()) return false;
  out.log.expressions.emplace_back(value);
  return true;
}

bool always(const Request& /*request*/) {
  return true;
}

bool of_log_events(const Request& request) {
  return request.verb == Verb::subscribe && same_name(request.class_name, names::kLogFileClass);
}

enum class Spaces : std::uint8_t { trimmed, kept };

struct Row {
  std::string_view name;
  std::string_view expects;
  bool (*apply)(Request& out, std::string_view value);
  bool (*offered)(const Request& request) = always;
  Spaces spaces = Spaces::trimmed;
};

constexpr Row kRows[] = {
    {"OmitNil", "true or false", omit_nulls},
    {"IncludeQualifiers", "true or false", include_qualifiers},
    {"IncludeInheritedElements", "true or false", include_inherited_elements},
    {"IncludeClassOrigin", "true or false", include_class_origin},
    {"EvaluationInterval", "a duration from PT1S to PT1H", read_interval},
    {"filename", "one path from the root on", read_file_name, of_log_events, Spaces::kept},
    {"regexps", "an expression, 1 to 64 times", read_expression, of_log_events, Spaces::kept},
};

Problem read_option(pugi::xml_node option, Request& out) {
  if (!xml::is(option, names::kWsman, "Option")) {
    return Fault{schema_validation_error, "OptionSet holds something else than Option"};
  }
  const std::string_view name = xml::attribute(option, "", "Name").value();
  if (name.empty()) return Fault{invalid_options, "an Option without Name", "InvalidName"};
  const std::optional<std::string> value = xml::simple_text(option);
  const std::size_t size = value ? value->size() : 0;
  if (name.size() > kMaxName || size > kMaxValue) {
    return Fault{encoding_limit, "an Option is too long", "OptionLimit"};
  }
  for (const Row& row : kRows) {
    if (!same_name(row.name, name) || !row.offered(out)) continue;
    if (value && row.apply(out, row.spaces == Spaces::kept ? *value : trimmed(*value))) return std::nullopt;
    return Fault{invalid_options, std::string(row.name) + " must be " + std::string(row.expects),
                 "InvalidValue"};
  }
  const std::string_view must = trimmed(xml::attribute(option, "", "MustComply").value());
  if (must != "true" && must != "1") return std::nullopt;
  return Fault{invalid_options, "option " + std::string(name) + " is not offered", "NotSupported"};
}

}  // namespace

Problem read_options(pugi::xml_node set, Request& out) {
  std::size_t count = 0;
  for (pugi::xml_node option = xml::first_element(set); option; option = xml::next_element(option)) {
    if (++count > kMaxOptions + out.log.expressions.size()) {
      return Fault{encoding_limit, "more than 64 options", "OptionLimit"};
    }
    if (Problem problem = read_option(option, out)) return problem;
  }
  return std::nullopt;
}

}  // namespace muster::wsman
