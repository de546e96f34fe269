// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/psi.h"

#include "providers/proc/text.h"

namespace muster::proc {
namespace {

// The number of the next word, which is KEY=NUMBER.
template <class Number>
std::optional<Number> next_value(std::string_view& line, std::string_view key) {
  auto word = next_word(line).value_or("");
  if (!word.starts_with(key)) return std::nullopt;
  word.remove_prefix(key.size());
  return number<Number>(word);
}

// avg10=0.00 avg60=0.00 avg300=0.00 total=0
std::optional<Stall> parse_stall(std::string_view line) {
  const auto last_10s = next_value<double>(line, "avg10=");
  const auto last_60s = next_value<double>(line, "avg60=");
  const auto last_300s = next_value<double>(line, "avg300=");
  const auto total = next_value<std::uint64_t>(line, "total=");
  if (!last_10s || !last_60s || !last_300s || !total) return std::nullopt;
  return Stall{*last_10s, *last_60s, *last_300s, *total};
}

std::optional<Stall> stall_of(std::string_view text, std::string_view kind) {
  const auto line = value_of(text, kind);
  return line ? parse_stall(*line) : std::nullopt;
}

}  // namespace

Pressure parse_pressure(std::string_view text) {
  return {.some = stall_of(text, "some"), .full = stall_of(text, "full")};
}

}  // namespace muster::proc
