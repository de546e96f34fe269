// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/xml_tags.h"

#include <algorithm>

#include "providers/proc/text.h"

namespace muster::proc {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view from(std::string_view text, std::size_t position) {
  return text.substr(std::min(position, text.size()));
}

std::string_view without_blanks_before(std::string_view text) {
  return from(text, text.find_first_not_of(kBlanks));
}

// Where a tag ends: the first ">" that is in no quotes.
std::size_t end_of_tag(std::string_view text) {
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return i;
    }
  }
  return std::string_view::npos;
}

bool is_named(std::string_view text, std::string_view name) {
  if (!text.starts_with(name)) return false;
  const auto next = from(text, name.size());
  return !next.empty() &&
         (next.front() == '>' || next.front() == '/' || kBlanks.find(next.front()) != std::string_view::npos);
}

}  // namespace

std::optional<std::string_view> next_tag(std::string_view& rest, std::string_view name) {
  while (!rest.empty()) {
    rest = from(rest, rest.find('<'));
    if (rest.starts_with("<!--")) {
      const auto end = rest.find("-->");
      rest = from(rest, end == std::string_view::npos ? end : end + 3);
      continue;
    }
    rest = from(rest, 1);
    if (!is_named(rest, name)) continue;
    const auto end = end_of_tag(rest);
    if (end == std::string_view::npos) break;
    const auto tag = rest.substr(name.size(), end - name.size());
    rest = from(rest, end + 1);
    return tag;
  }
  rest = {};
  return std::nullopt;
}

std::optional<std::string_view> attribute(std::string_view tag, std::string_view name) {
  for (;;) {
    tag = without_blanks_before(tag);
    const auto equals = tag.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    auto found = tag.substr(0, equals);
    found = found.substr(0, found.find_last_not_of(kBlanks) + 1);
    tag = without_blanks_before(from(tag, equals + 1));
    if (tag.empty() || (tag.front() != '"' && tag.front() != '\'')) return std::nullopt;
    const auto end = tag.find(tag.front(), 1);
    if (end == std::string_view::npos) return std::nullopt;
    if (found == name) return tag.substr(1, end - 1);
    tag = from(tag, end + 1);
  }
}

std::optional<std::string_view> text_of_tag(std::string_view text, std::string_view name) {
  if (!next_tag(text, name)) return std::nullopt;
  const auto found = without_blanks_before(text.substr(0, text.find('<')));
  return found.substr(0, found.find_last_not_of(kBlanks) + 1);
}

}  // namespace muster::proc
