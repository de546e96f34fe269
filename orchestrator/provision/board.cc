// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/board.h"

#include <algorithm>

#include "orchestrator/cli/text_width.h"
#include "orchestrator/cli/time_text.h"

namespace muster {
namespace {

constexpr std::string_view kSpinner = "|/-\\";
constexpr std::size_t kMostNameColumns = 30;
using std::chrono::milliseconds;

milliseconds between(Board::Time from, Board::Time to) {
  return std::chrono::duration_cast<milliseconds>(to - from);
}

char spinner(milliseconds elapsed) {
  return kSpinner[static_cast<std::size_t>(elapsed.count() / 100) % kSpinner.size()];
}

}  // namespace

Board::Board(std::vector<std::string> hosts, std::vector<std::string> steps, Time start)
    : steps_(std::move(steps)), start_(start) {
  for (auto& host : hosts) {
    name_width_ = std::max(name_width_, std::min(display_width(host), kMostNameColumns));
    by_name_[host] = rows_.size();
    Row row;
    row.host = std::move(host);
    row.signs.assign(steps_.size(), '.');
    rows_.push_back(std::move(row));
  }
}

Board::Row* Board::find(const std::string& host) {
  const auto found = by_name_.find(host);
  return found == by_name_.end() ? nullptr : &rows_[found->second];
}

void Board::mark(Row& row, const std::string& step, char sign) {
  const auto found = std::find(steps_.begin(), steps_.end(), step);
  if (found != steps_.end()) row.signs[static_cast<std::size_t>(found - steps_.begin())] = sign;
}

void Board::begun(const std::string& host, const std::string& step, Time now) {
  Row* row = find(host);
  if (row == nullptr) return;
  row->active = true;
  row->step = step;
  row->since = now;
  mark(*row, step, '*');
}

void Board::ended(const StepRecord& step) {
  Row* row = find(step.host);
  if (row == nullptr) return;
  const bool failed = step.state == "failed";
  mark(*row, step.step, failed ? '!' : step.state == "changed" ? '+' : '=');
  if (!failed) return;
  row->failed = true;
  row->step = step.step;
  row->text = step.code + " " + step.text;
}

void Board::host_done(const std::string& host) {
  Row* row = find(host);
  if (row == nullptr) return;
  row->active = false;
  row->done = true;
}

std::string Board::line(const Row& row, Time now, std::size_t width) const {
  std::string text = fit_width(terminal_safe(row.host), name_width_);
  text.append(name_width_ + 2 - display_width(text), ' ');
  for (const char sign : row.signs)
    text.push_back(sign == '*' && row.active ? spinner(between(start_, now)) : sign);
  if (row.active) text.append("  ").append(row.step).append("  ").append(took_text(between(row.since, now)));
  if (!row.active && row.failed)
    text.append("  ").append(row.step).append(": ").append(terminal_safe(row.text));
  if (!row.active && row.done && !row.failed) {
    const bool changed = std::find(row.signs.begin(), row.signs.end(), '+') != row.signs.end();
    text.append(changed ? "  changed" : "  ok");
  }
  return fit_width(text, width);
}

std::string Board::counts(Time now) const {
  std::size_t done = 0;
  std::size_t active = 0;
  std::size_t failed = 0;
  for (const auto& row : rows_) {
    done += row.done ? 1 : 0;
    active += row.active ? 1 : 0;
    failed += row.failed ? 1 : 0;
  }
  return std::to_string(done) + "/" + std::to_string(rows_.size()) + " done, " + std::to_string(active) +
         " at work, " + std::to_string(failed) + " failed, " + took_text(between(start_, now));
}

std::vector<const Board::Row*> Board::chosen(std::size_t room) const {
  std::vector<const Row*> rows;
  for (const auto& row : rows_) rows.push_back(&row);
  if (rows.size() <= room) return rows;
  const auto rank = [](const Row* row) {
    if (row->active) return 0;
    if (row->failed) return 1;
    return row->done ? 3 : 2;
  };
  std::stable_sort(rows.begin(), rows.end(), [&](const Row* a, const Row* b) { return rank(a) < rank(b); });
  rows.resize(room);
  return rows;
}

std::vector<std::string> Board::render(Time now, std::size_t width, std::size_t height) const {
  std::vector<std::string> lines;
  if (height == 0) return lines;
  for (const auto* row : chosen(height - 1)) lines.push_back(line(*row, now, width));
  lines.push_back(fit_width(counts(now), width));
  return lines;
}

}  // namespace muster
