// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/text.h"

#include <algorithm>

namespace muster::proc {
namespace {

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// Words are short: without the library's search for one of several characters.
std::size_t blanks_before(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && is_blank(text[count])) ++count;
  return count;
}

}  // namespace

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(blanks_before(text));
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool next_line(std::string_view& rest, std::string_view& line) {
  if (rest.empty()) return false;
  line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  return true;
}

std::optional<std::string_view> next_word(std::string_view& rest) {
  rest.remove_prefix(blanks_before(rest));
  if (rest.empty()) return std::nullopt;
  std::size_t size = 0;
  while (size < rest.size() && !is_blank(rest[size])) ++size;
  const auto word = rest.substr(0, size);
  rest.remove_prefix(size);
  return word;
}

bool next_word(std::string_view& rest, std::string_view& word) {
  const auto next = next_word(rest);
  word = next.value_or(std::string_view());
  return next.has_value();
}

std::optional<std::string_view> value_of(std::string_view text, std::string_view key) {
  for (std::string_view line; next_line(text, line);) {
    if (!line.starts_with(key)) continue;
    const auto rest = line.substr(key.size());
    const bool whole_key = rest.empty() || key.ends_with(':') || is_blank(rest.front());
    if (whole_key) return trimmed(rest);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> number_of(std::string_view text, std::string_view key) {
  auto value = value_of(text, key);
  return value ? next_number<std::uint64_t>(*value) : std::nullopt;
}

}  // namespace muster::proc
