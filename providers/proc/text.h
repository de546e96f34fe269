// SPDX-License-Identifier: GPL-2.0-or-later
// Cutting the kernel's text files into lines, words and numbers, without copies.
//
// Ownership  results point into the text that was given.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace muster::proc {

// Takes the next line off the front of `rest`; false at the end. The line end is not part of it.
bool next_line(std::string_view& rest, std::string_view& line);

// Up to the first line end.
std::string_view first_line(std::string_view text);

// Without spaces and tabs around it.
std::string_view trimmed(std::string_view text);

// Takes the next word, bounded by spaces or tabs, off the front of `rest`; nullopt when none is left.
std::optional<std::string_view> next_word(std::string_view& rest);
// The same for loops; false when none is left.
bool next_word(std::string_view& rest, std::string_view& word);

// The whole text as a decimal number; nullopt for anything else.
template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The next word as a number; nullopt when there is none or it is none.
template <class Number>
std::optional<Number> next_number(std::string_view& rest) {
  const auto word = next_word(rest);
  return word ? number<Number>(*word) : std::nullopt;
}

// The rest of the first line that begins with `key`, without blanks around it: key "btime" of "btime 17", key
// "MemFree:" of "MemFree: 1 kB".
std::optional<std::string_view> value_of(std::string_view text, std::string_view key);

// The same, as the number that the rest of the line begins with.
std::optional<std::uint64_t> number_of(std::string_view text, std::string_view key);

}  // namespace muster::proc
