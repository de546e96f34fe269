// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/body.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <string>
#include <utility>

#include "core/wsman/dialects.h"
#include "core/wsman/duration.h"
#include "core/wsman/method_input.h"
#include "core/wsman/names.h"
#include "core/wsman/subscribe_body.h"
#include "core/wsman/xml.h"

namespace muster::wsman {
namespace {

using Problem = std::optional<Fault>;
using enum FaultCode;
using Reader = Problem (*)(pugi::xml_node node, Request& out);

Fault invalid(std::string reason) {
  return {schema_validation_error, std::move(reason)};
}

// xs:positiveInteger; beyond 32 bits is as good as all.
Problem read_count(pugi::xml_node node, std::uint32_t& out) {
  const std::optional<std::uint64_t> number = parse_number(xml::token(node).value_or(""));
  if (!number || *number == 0) return invalid(std::string(node.name()) + " is not a positive number");
  out =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(*number, std::numeric_limits<std::uint32_t>::max()));
  return std::nullopt;
}

Problem read_max_elements(pugi::xml_node node, Request& out) {
  return read_count(node, out.max_elements);
}

Problem read_optimize(pugi::xml_node, Request& out) {
  out.optimized = true;
  return std::nullopt;
}

Problem refuse_end_to(pugi::xml_node, Request&) {
  return Fault{unsupported_feature, "EndTo is not offered", "AddressingMode"};
}

Problem read_mode(pugi::xml_node node, Request& out) {
  using Content = ItemShape::Content;
  static constexpr std::pair<std::string_view, Content> kModes[] = {
      {"EnumerateObject", Content::object},  // the default, said aloud
      {"EnumerateEPR", Content::reference},
      {"EnumerateObjectAndEPR", Content::both}};
  const std::string mode = xml::token(node).value_or("");
  for (const auto& [name, content] : kModes) {
    if (mode != name) continue;
    out.shape.content = content;
    return std::nullopt;
  }
  return Fault{unsupported_feature, "EnumerationMode is none that is offered", "EnumerationMode"};
}

Problem read_polymorphism(pugi::xml_node node, Request& out) {
  static constexpr std::pair<std::string_view, Polymorphism> kModes[] = {
      {"IncludeSubClassProperties", Polymorphism::include},
      {"ExcludeSubClassProperties", Polymorphism::exclude},
      {"None", Polymorphism::none}};
  const std::string mode = xml::token(node).value_or("");
  for (const auto& [name, polymorphism] : kModes) {
    if (mode != name) continue;
    out.polymorphism = polymorphism;
    return std::nullopt;
  }
  return Fault{polymorphism_mode_not_supported};
}

Problem read_expires(pugi::xml_node node, Request& out) {
  using std::chrono::seconds;
  const std::string text = xml::token(node).value_or("");
  if (!text.starts_with('P') && !text.starts_with("-P")) {
    const bool date = text.size() >= 19 && text.find('T') != std::string::npos;
    if (date) return Fault{unsupported_expiration_type};
    return Fault{invalid_expiration_time, "Expires is neither a duration nor a time"};
  }
  const Result<std::chrono::milliseconds> expires = parse_duration(text);
  if (!expires) return Fault{invalid_expiration_time, "Expires: " + expires.error().what};
  if (expires->count() <= 0) return Fault{invalid_expiration_time};
  out.expires = std::max(seconds(1), std::chrono::duration_cast<seconds>(*expires));
  return std::nullopt;
}

Problem read_context(pugi::xml_node node, Request& out) {
  const std::optional<std::string> text = xml::token(node);
  if (!text) return invalid("EnumerationContext holds markup");
  if (text->empty()) return Fault{invalid_enumeration_context};
  out.context = *text;
  return std::nullopt;
}

// Rows of an enumeration are in hand before the first Pull; only a Pull for events waits.
Problem read_max_time(pugi::xml_node node, Request& out) {
  const Result<std::chrono::milliseconds> time = parse_duration(xml::token(node).value_or(""));
  if (!time) return invalid("MaxTime: " + time.error().what);
  out.max_time = std::max(std::chrono::milliseconds(0), std::min(out.max_time, *time));
  return std::nullopt;
}

Problem read_max_characters(pugi::xml_node node, Request& out) {
  std::uint32_t count = 0;
  if (Problem problem = read_count(node, count)) return problem;
  out.max_characters = count;
  return std::nullopt;
}

struct Row {
  Verb verb;
  std::string_view uri;
  std::string_view local;
  Reader read;
};

constexpr Row kRows[] = {
    {Verb::enumerate, names::kWsman, "OptimizeEnumeration", read_optimize},
    {Verb::enumerate, names::kWsman, "MaxElements", read_max_elements},
    {Verb::enumerate, names::kWsman, "EnumerationMode", read_mode},
    {Verb::enumerate, names::kWsman, "Filter", read_filter},
    {Verb::enumerate, names::kEnumeration, "Filter", read_filter},
    {Verb::enumerate, names::kEnumeration, "EndTo", refuse_end_to},
    {Verb::enumerate, names::kEnumeration, "Expires", read_expires},
    {Verb::enumerate, names::kBinding, "PolymorphismMode", read_polymorphism},
    {Verb::pull, names::kEnumeration, "EnumerationContext", read_context},
    {Verb::pull, names::kEnumeration, "MaxElements", read_max_elements},
    {Verb::pull, names::kEnumeration, "MaxTime", read_max_time},
    {Verb::pull, names::kEnumeration, "MaxCharacters", read_max_characters},
    {Verb::release, names::kEnumeration, "EnumerationContext", read_context},
};

const Row* find_row(pugi::xml_node node, Verb verb) {
  for (const Row& row : kRows) {
    if (row.verb == verb && xml::is(node, row.uri, row.local)) return &row;
  }
  return nullptr;
}

bool is_ours(std::string_view uri) {
  return uri == names::kWsman || uri == names::kEnumeration || uri == names::kBinding;
}

Problem read_children(pugi::xml_node payload, Request& out) {
  std::uint32_t seen = 0;
  for (pugi::xml_node node = xml::first_element(payload); node; node = xml::next_element(node)) {
    const Row* row = find_row(node, out.verb);
    if (row == nullptr && is_ours(xml::uri_of(node))) {
      return invalid("element " + std::string(xml::local_name(node.name())) + " does not belong here");
    }
    if (row == nullptr) continue;  // the schema is open to other namespaces
    const std::uint32_t bit = 1U << static_cast<unsigned>(row - kRows);
    if ((seen & bit) != 0) return invalid("element " + std::string(row->local) + " is there twice");
    seen |= bit;
    if (Problem problem = row->read(node, out)) return problem;
  }
  if (xml::has_stray_text(payload)) return invalid("text in the Body's element");
  return std::nullopt;
}

// wsman:Filter and wsen:Filter together are a fault of their own (R8.2.1-3).
bool has_both_filters(pugi::xml_node payload) {
  return xml::find(payload, names::kWsman, "Filter") && xml::find(payload, names::kEnumeration, "Filter");
}

std::string_view payload_name(Verb verb) {
  switch (verb) {
    case Verb::enumerate: return "Enumerate";
    case Verb::pull: return "Pull";
    case Verb::release: return "Release";
    default: break;
  }
  return {};
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view digits) {
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  const bool whole = !digits.empty() && stop == end;
  if (whole && error == std::errc::result_out_of_range) return std::numeric_limits<std::uint64_t>::max();
  if (!whole || error != std::errc()) return std::nullopt;
  return value;
}

std::optional<Fault> read_body(pugi::xml_node payload, Request& out) {
  if (out.verb == Verb::get) {
    if (payload) return invalid("Get has an empty Body");
    return std::nullopt;
  }
  if (out.verb == Verb::subscribe || out.verb == Verb::unsubscribe || out.verb == Verb::renew) {
    return read_eventing_body(payload, out);
  }
  if (out.verb == Verb::invoke) return read_input(payload, out);
  const std::string_view name = payload_name(out.verb);
  if (!xml::is(payload, names::kEnumeration, name)) {
    return invalid("the Body does not hold wsen:" + std::string(name));
  }
  if (has_both_filters(payload)) return Fault{cannot_process_filter, "two filters in one Enumerate"};
  if (Problem problem = read_children(payload, out)) return problem;
  const bool needs_context = out.verb != Verb::enumerate;
  if (needs_context && out.context.empty()) return invalid("EnumerationContext is missing");
  return std::nullopt;
}

}  // namespace muster::wsman
