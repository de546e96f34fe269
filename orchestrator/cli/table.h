// SPDX-License-Identifier: GPL-2.0-or-later
// Aligned columns for people: truncated to the terminal, coloured only there.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "orchestrator/cli/terminal.h"

namespace muster {

enum class Align { left, right };
enum class Tone { plain, good, warning, bad, dim };

struct Column {
  std::string title;
  Align align = Align::left;
};

struct Cell {
  std::string text;  // made terminal_safe() by the table
  Tone tone = Tone::plain;
  // NOLINTNEXTLINE(google-explicit-constructor): rows read as lists
  Cell(std::string words, Tone colour = Tone::plain) : text(std::move(words)), tone(colour) {}
  Cell(const char* words) : text(words) {}  // NOLINT(google-explicit-constructor)
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as there are columns.
  void add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }

  // Title line and rows, each ended by a line feed, without trailing blanks. When the terminal is too narrow
  // the widest left-aligned columns give way first.
  std::string render(const Terminal& terminal) const;

 private:
  std::vector<std::size_t> widths(std::size_t limit) const;
  std::size_t* widest_above(std::vector<std::size_t>& widths, std::size_t floor) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace muster
