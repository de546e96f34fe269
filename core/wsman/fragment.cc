// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/fragment.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "core/wsman/escape.h"
#include "core/wsman/names.h"
#include "core/wsman/render.h"

namespace muster::wsman {
namespace {

constexpr std::size_t kMaxName = 256;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName && !is_digit(text.front()) &&
         std::all_of(text.begin(), text.end(), in_name);
}

bool take_index(std::string_view& text, Fragment& out) {
  if (!text.ends_with(']')) return true;
  const std::size_t open = text.find('[');
  if (open == std::string_view::npos) return false;
  const std::string_view digits = text.substr(open + 1, text.size() - open - 2);
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (error != std::errc{} || end != digits.data() + digits.size() || index == 0) return false;
  out.index = index;
  text = text.substr(0, open);
  return true;
}

// The elements that a value is sent as: an array repeats its own, a null is one.
std::vector<cim::Value> elements_of(const cim::Value& value) {
  std::vector<cim::Value> out;
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& each : *texts) out.emplace_back(each);
  } else if (const auto* numbers = std::get_if<std::vector<std::uint64_t>>(&value)) {
    for (const std::uint64_t each : *numbers) out.emplace_back(each);
  } else {
    out.push_back(value);
  }
  if (out.empty()) out.emplace_back();
  return out;
}

std::vector<cim::Value> selected(const Fragment& fragment, const cim::Instance& instance) {
  if (!instance.of().index_of(fragment.property)) return {};
  std::vector<cim::Value> all = elements_of(instance.value(fragment.property));
  if (fragment.part == Fragment::Part::text) {
    std::erase_if(all, [](const cim::Value& each) { return std::holds_alternative<std::monostate>(each); });
  }
  if (!fragment.index) return all;
  if (*fragment.index > all.size()) return {};
  return {all[*fragment.index - 1]};
}

}  // namespace

Result<Fragment> parse_fragment(std::string_view expression) {
  constexpr std::string_view kText = "/text()";
  Fragment out;
  std::string_view rest = trimmed(expression);
  if (rest.starts_with("./")) rest.remove_prefix(2);
  if (rest.ends_with(kText)) {
    out.part = Fragment::Part::text;
    rest.remove_suffix(kText.size());
  }
  const bool indexed = take_index(rest, out);
  if (const std::size_t colon = rest.find(':'); colon != std::string_view::npos) {
    out.prefix = rest.substr(0, std::min(colon, kMaxName));
    rest.remove_prefix(colon + 1);
  }
  if (!indexed || !is_name(rest)) {
    return fail(Errc::malformed,
                "fragment \"" + sanitized(expression.substr(0, 256)) + "\": not of XPath level 1",
                "NAME, NAME[n] or NAME/text()");
  }
  out.property = rest;
  return out;
}

void append_fragment(std::string& out, const Fragment& fragment, const cim::Instance& instance) {
  const std::vector<cim::Value> found = selected(fragment, instance);
  const auto position = instance.of().index_of(fragment.property);
  if (found.empty() || !position) {
    out.append("<wsman:XmlFragment xsi:nil=\"true\"/>");
    return;
  }
  const std::string_view name = instance.of().properties()[*position].name;
  out.append("<wsman:XmlFragment xmlns:p=\"").append(names::kDmtfClass).append(instance.of().name());
  out.append("\">");
  for (const cim::Value& each : found) {
    if (fragment.part == Fragment::Part::text) {
      append_escaped(out, cim::scalar_text(each));
    } else {
      append_property(out, name, each);
    }
  }
  out.append("</wsman:XmlFragment>");
}

}  // namespace muster::wsman
