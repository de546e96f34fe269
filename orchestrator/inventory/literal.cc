// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/literal.h"

#include <optional>

#include "orchestrator/inventory/text.h"

namespace muster {
namespace {

bool is_integer(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return false;
  return text.size() == 1 || text[0] != '0';
}

bool ends_here(std::string_view rest) {
  rest = trimmed(rest);
  return rest.empty() || rest[0] == '#';
}

// The character that a backslash and `c` stand for; nothing for forms that are left alone (\x41, \u00e9,
// \101).
std::optional<std::string> unescape(char c) {
  constexpr std::string_view kNames = "\\'\"ntrabfv";
  constexpr std::string_view kMeanings = "\\'\"\n\t\r\a\b\f\v";
  const std::size_t at = kNames.find(c);
  if (at != std::string_view::npos) return std::string(1, kMeanings[at]);
  if (std::string_view("xuUN01234567").find(c) != std::string_view::npos) return std::nullopt;
  return std::string{'\\', c};
}

// Takes one quoted string off the front of `rest`.
std::optional<std::string> take_string(std::string_view& rest) {
  std::string out;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == rest[0]) {
      rest.remove_prefix(i + 1);
      return out;
    }
    if (rest[i] != '\\') {
      out += rest[i];
      continue;
    }
    const std::optional<std::string> meant = ++i < rest.size() ? unescape(rest[i]) : std::nullopt;
    if (!meant) return std::nullopt;
    out += *meant;
  }
  return std::nullopt;
}

std::optional<std::string> as_strings(std::string_view rest) {
  std::string out;
  while (!ends_here(rest)) {
    rest = trimmed(rest);
    if (rest[0] != '"' && rest[0] != '\'') return std::nullopt;
    const std::optional<std::string> piece = take_string(rest);
    if (!piece) return std::nullopt;
    out += *piece;
  }
  return out;
}

}  // namespace

std::string literal_value(std::string_view raw) {
  raw = trimmed(raw);
  if (raw.empty()) return {};
  if (raw[0] == '"' || raw[0] == '\'') return as_strings(raw).value_or(std::string(raw));
  const std::string_view first = raw.substr(0, raw.find_first_of(" \t#"));
  const bool literal = is_integer(first) || first == "True" || first == "False" || first == "None";
  return std::string(literal && ends_here(raw.substr(first.size())) ? first : raw);
}

}  // namespace muster
