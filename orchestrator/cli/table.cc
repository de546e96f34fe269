// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/table.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <string_view>

#include "orchestrator/cli/text_width.h"

namespace muster {
namespace {

constexpr std::size_t kGap = 2;
// A column is cut to the first of these while that is enough, then to the next one.
constexpr std::size_t kNarrowest[] = {8, 5, 2};

std::string_view escape_of(Tone tone) {
  switch (tone) {
    case Tone::plain: return "";
    case Tone::good: return "\x1b[32m";
    case Tone::warning: return "\x1b[33m";
    case Tone::bad: return "\x1b[31m";
    case Tone::dim: return "\x1b[2m";
  }
  return "";
}

struct Slot {
  std::size_t width;
  Align align;
  bool last;
};

void append_cell(std::string& line, const Cell& cell, const Slot& slot, bool colour) {
  const auto text = fit_width(cell.text, slot.width);
  const std::string padding(slot.width - display_width(text), ' ');
  if (slot.align == Align::right) line.append(padding);
  const auto escape = colour ? escape_of(cell.tone) : std::string_view();
  line.append(escape).append(text).append(escape.empty() ? "" : "\x1b[0m");
  if (slot.last) return;
  if (slot.align == Align::left) line.append(padding);
  line.append(kGap, ' ');
}

}  // namespace

void Table::add(std::vector<Cell> row) {
  assert(row.size() == columns_.size());
  for (auto& cell : row) cell.text = terminal_safe(cell.text);
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> Table::widths(std::size_t limit) const {
  std::vector<std::size_t> result;
  result.reserve(columns_.size());
  for (const auto& column : columns_) result.push_back(display_width(column.title));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) result[i] = std::max(result[i], display_width(row[i].text));
  }
  const auto gaps = kGap * (columns_.size() - 1);
  const auto total = std::accumulate(result.begin(), result.end(), gaps);
  auto excess = limit != 0 && total > limit ? total - limit : 0;
  for (const auto floor : kNarrowest) {
    for (auto* widest = widest_above(result, floor); excess > 0 && widest != nullptr; --excess) {
      --*widest;
      widest = widest_above(result, floor);
    }
  }
  return result;
}

// Numbers are never cut: what is left of one would be another number.
std::size_t* Table::widest_above(std::vector<std::size_t>& widths, std::size_t floor) const {
  std::size_t* widest = nullptr;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const bool may_give = columns_[i].align == Align::left && widths[i] > floor;
    if (may_give && (widest == nullptr || widths[i] > *widest)) widest = &widths[i];
  }
  return widest;
}

std::string Table::render(const Terminal& terminal) const {
  const auto width = widths(terminal.width);
  std::string out;
  const auto slot = [&](std::size_t i) {
    return Slot{width[i], columns_[i].align, i + 1 == columns_.size()};
  };
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    append_cell(out, Cell(columns_[i].title, Tone::dim), slot(i), terminal.colour);
  }
  out.push_back('\n');
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) append_cell(out, row[i], slot(i), terminal.colour);
    while (out.back() == ' ') out.pop_back();
    out.push_back('\n');
  }
  return out;
}

}  // namespace muster
