// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/text.h"

#include <algorithm>

namespace muster::proc {
namespace {

constexpr std::string_view kBlanks = " \t";

}  // namespace

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

bool next_line(std::string_view& rest, std::string_view& line) {
  if (rest.empty()) return false;
  line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  return true;
}

std::optional<std::string_view> next_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  if (rest.empty()) return std::nullopt;
  const auto word = rest.substr(0, rest.find_first_of(kBlanks));
  rest.remove_prefix(word.size());
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
    const bool whole_key =
        rest.empty() || key.ends_with(':') || kBlanks.find(rest.front()) != std::string_view::npos;
    if (whole_key) return trimmed(rest);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> number_of(std::string_view text, std::string_view key) {
  auto value = value_of(text, key);
  return value ? next_number<std::uint64_t>(*value) : std::nullopt;
}

}  // namespace muster::proc
