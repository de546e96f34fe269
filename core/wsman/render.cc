// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/render.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <variant>
#include <vector>

#include "core/wsman/escape.h"
#include "core/wsman/names.h"

namespace muster::wsman {
namespace {

void append_null(std::string& out, std::string_view name) {
  out.append("<p:").append(name).append(" xsi:nil=\"true\"/>");
}

char* put(char* at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

// Grows the text once: a row has some fifty elements.
void append_element(std::string& out, std::string_view name, std::string_view text) {
  constexpr std::string_view kOpen = "<p:";
  constexpr std::string_view kClose = "</p:";
  if (!needs_no_escape(text)) {
    out.append(kOpen).append(name).push_back('>');
    append_escaped(out, text);
    out.append(kClose).append(name).push_back('>');
    return;
  }
  const std::size_t before = out.size();
  out.resize(before + kOpen.size() + kClose.size() + 2 * name.size() + 2 + text.size());
  char* at = put(put(out.data() + before, kOpen), name);
  *at++ = '>';
  at = put(put(put(at, text), kClose), name);
  *at = '>';
}

void append_argument(std::string& out, std::string_view name, const cim::Arguments& answer) {
  const cim::Argument* found = cim::find_argument(answer, name);
  if (found == nullptr) return append_null(out, name);
  for (const std::string& each : found->values) append_element(out, name, each);
}

}  // namespace

void append_property(std::string& out, std::string_view name, const cim::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return append_element(out, name, *text);
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value); texts && !texts->empty()) {
    for (const std::string& each : *texts) append_element(out, name, each);
    return;
  }
  if (const auto* numbers = std::get_if<std::vector<std::uint64_t>>(&value); numbers && !numbers->empty()) {
    for (const std::uint64_t each : *numbers) append_element(out, name, std::to_string(each));
    return;
  }
  cim::ScalarRoom room;
  const std::string_view scalar = cim::scalar_text(value, room);
  if (scalar.empty()) return append_null(out, name);
  append_element(out, name, scalar);
}

std::string render_instance(const cim::Instance& instance) {
  const std::string_view class_name = instance.of().name();
  const std::vector<cim::Property>& properties = instance.of().properties();
  std::string out;
  out.reserve(256 + properties.size() * 64);
  out.append("<p:").append(class_name).append(" xmlns:p=\"").append(names::kDmtfClass).append(class_name);
  out.append("\">");
  for (std::size_t i = 0; i < properties.size(); ++i) {
    append_property(out, properties[i].name, instance.values()[i]);
  }
  out.append("</p:").append(class_name).push_back('>');
  return out;
}

std::string render_output(std::string_view class_name, const cim::Method& method,
                          const cim::Arguments& answer) {
  std::string out = "<p:";
  out.append(class_name)
      .append("_OUTPUT xmlns:p=\"")
      .append(names::kDmtfClass)
      .append(class_name)
      .append("\">");
  append_argument(out, cim::kReturnValue, answer);
  for (const cim::Parameter& each : method.parameters) {
    if (each.direction == cim::Direction::out) append_argument(out, each.name, answer);
  }
  return out.append("</p:").append(class_name).append("_OUTPUT>");
}

}  // namespace muster::wsman
