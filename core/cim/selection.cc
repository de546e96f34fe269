// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/selection.h"

#include <charconv>
#include <cstddef>
#include <variant>

namespace muster::cim {
namespace {

template <class Number>
bool equals_number(std::string_view text, Number number) {
  Number parsed{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  return error == std::errc{} && end == text.data() + text.size() && parsed == number;
}

bool equals(std::string_view text, const Value& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return same_name(text, *truth ? "true" : "false");
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return equals_number(text, *number);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return equals_number(text, *number);
  if (const auto* number = std::get_if<double>(&value)) return equals_number(text, *number);
  if (const auto* own = std::get_if<std::string>(&value)) return text == *own;
  return false;  // null and arrays equal nothing
}

bool repeats(const std::vector<Selector>& selectors, std::size_t position) {
  for (std::size_t i = 0; i < position; ++i) {
    if (same_name(selectors[i].name, selectors[position].name)) return true;
  }
  return false;
}

}  // namespace

SelectorProblem check_selectors(const Class& of, const std::vector<Selector>& selectors) {
  for (const auto& selector : selectors) {
    const auto position = of.index_of(selector.name);
    if (!position || of.properties()[*position].role != Role::key) return SelectorProblem::unknown_name;
  }
  for (std::size_t i = 1; i < selectors.size(); ++i) {
    if (repeats(selectors, i)) return SelectorProblem::duplicate;
  }
  std::size_t keys = 0;
  for (const auto& property : of.properties()) keys += property.role == Role::key ? 1 : 0;
  return selectors.size() < keys ? SelectorProblem::insufficient : SelectorProblem::none;
}

bool selects(const std::vector<Selector>& selectors, const Instance& instance) {
  for (const auto& selector : selectors) {
    if (!equals(selector.value, instance.value(selector.name))) return false;
  }
  return true;
}

}  // namespace muster::cim
