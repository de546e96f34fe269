// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/board.h"

#include <algorithm>
#include <array>
#include <utility>

#include "orchestrator/cli/text_width.h"
#include "orchestrator/cli/time_text.h"

namespace muster {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kSpinner = "|/-\\";
constexpr std::size_t kMostNameColumns = 30;
constexpr std::string_view kColumns = "123456789abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kSigns = "= unchanged  + changed  ! failed  . to come  | at work";
constexpr std::size_t kLeastRows = 5;    // for which heading or legend give way
constexpr std::size_t kSampleHosts = 2;  // done well, before an end is foretold

milliseconds between(Board::Time from, Board::Time to) {
  return std::chrono::duration_cast<milliseconds>(to - from);
}

char spinner(milliseconds elapsed) {
  return kSpinner[static_cast<std::size_t>(elapsed.count() / 100) % kSpinner.size()];
}

char column(std::size_t step) {
  return step < kColumns.size() ? kColumns[step] : '?';
}

std::string padded(std::string text, std::size_t width) {
  text.append(width - std::min(width, display_width(text)), ' ');
  return text;
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
    row.since.resize(steps_.size());
    rows_.push_back(std::move(row));
  }
}

Board::Row* Board::find(const std::string& host) {
  const auto found = by_name_.find(host);
  return found == by_name_.end() ? nullptr : &rows_[found->second];
}

std::size_t Board::place(const std::string& step) const {
  return static_cast<std::size_t>(std::find(steps_.begin(), steps_.end(), step) - steps_.begin());
}

void Board::begun(const std::string& host, const std::string& step, Time now) {
  Row* row = find(host);
  if (row == nullptr) return;
  if (row->state != State::active) row->began = now;
  row->state = State::active;
  const auto at = place(step);
  if (at == steps_.size()) return;
  row->signs[at] = '*';
  row->since[at] = now;
}

void Board::ended(const StepRecord& step) {
  Row* row = find(step.host);
  if (row == nullptr) return;
  const auto at = place(step.step);
  if (at < steps_.size()) row->signs[at] = step.state == "failed" ? '!' : step.state == "changed" ? '+' : '=';
  if (step.state != "failed") return;
  std::replace(row->signs.begin(), row->signs.end(), '*', '.');  // what was under way at the same time
  row->failed = true;
  row->text = step.step + ": " + step.code + " " + step.text;
}

void Board::host_done(const std::string& host, Time now) {
  Row* row = find(host);
  if (row == nullptr) return;
  if (row->state == State::active) row->took = between(row->began, now);
  row->state = row->failed ? State::failed : State::well;
}

std::string Board::heading() const {
  std::string text = padded("HOST", name_width_) + "  ";
  for (std::size_t step = 0; step < steps_.size(); ++step) text.push_back(column(step));
  return text + "  STEP AT WORK, OR OUTCOME";
}

std::vector<std::string> Board::legend(std::size_t width) const {
  std::vector<std::string> lines;
  std::string line;
  const auto add = [&](std::string_view entry) {
    if (!line.empty() && display_width(line) + 2 + entry.size() > width) {
      lines.push_back(std::exchange(line, {}));
    }
    line.append(line.empty() ? "" : "  ").append(entry);
  };
  for (std::size_t step = 0; step < steps_.size(); ++step) {
    add(std::string(1, column(step)) + " " + steps_[step]);
  }
  lines.push_back(line);
  lines.emplace_back(kSigns);
  for (auto& each : lines) each = fit_width(each, width);
  return lines;
}

// Several may be under way: the furthest is shown.
std::string Board::at_work(const Row& row, Time now) const {
  const auto at = row.signs.rfind('*');
  if (at == std::string::npos) return "between steps";
  return steps_[at] + "  " + took_text(between(row.since[at], now));
}

std::string Board::line(const Row& row, Time now, std::size_t width) const {
  std::string text = padded(fit_width(terminal_safe(row.host), name_width_), name_width_) + "  ";
  for (const char sign : row.signs) text.push_back(sign == '*' ? spinner(between(start_, now)) : sign);
  text.append("  ");
  const bool changed = row.signs.find('+') != std::string::npos;
  switch (row.state) {
    case State::waiting: text.append("waiting"); break;
    case State::active: text.append(at_work(row, now)); break;
    case State::failed: text.append(terminal_safe(row.text)); break;
    case State::well: text.append(changed ? "changed  " : "ok  ").append(took_text(row.took)); break;
  }
  return fit_width(text, width);
}

// Hosts that ended well tell how long one takes; those at work and to come share the places there are.
std::optional<milliseconds> Board::time_left(Time now) const {
  milliseconds well_took{};
  std::int64_t well = 0;
  std::int64_t places = 0;
  for (const auto& row : rows_) {
    if (row.state == State::active) ++places;
    if (row.state != State::well) continue;
    ++well;
    well_took += row.took;
  }
  if (static_cast<std::size_t>(well) < kSampleHosts || places == 0) return std::nullopt;
  const milliseconds one = well_took / well;
  milliseconds work{};
  milliseconds longest{};
  for (const auto& row : rows_) {
    milliseconds left{};
    if (row.state == State::waiting) left = one;
    if (row.state == State::active) left = std::max(one - between(row.began, now), milliseconds{});
    work += left;
    longest = std::max(longest, left);
  }
  const auto left = std::max(longest, work / places);
  if (left < std::chrono::seconds(1)) return std::nullopt;
  return left;
}

std::string Board::counts(Time now) const {
  std::array<std::size_t, 4> count{};
  for (const auto& row : rows_) ++count.at(static_cast<std::size_t>(row.state));
  const auto of = [&](State state) { return count.at(static_cast<std::size_t>(state)); };
  std::string text = std::to_string(of(State::failed) + of(State::well)) + "/" +
                     std::to_string(rows_.size()) + " done, " + std::to_string(of(State::failed)) +
                     " failed, " + std::to_string(of(State::active)) + " at work, " +
                     duration_text(std::chrono::duration_cast<std::chrono::seconds>(now - start_));
  if (const auto left = time_left(now)) {
    text.append(", about ");
    text.append(duration_text(std::chrono::ceil<std::chrono::seconds>(*left))).append(" to go");
  }
  return text;
}

std::vector<const Board::Row*> Board::chosen(std::size_t room) const {
  std::vector<const Row*> active;
  std::vector<const Row*> failed;
  std::vector<const Row*> others;
  for (const auto& row : rows_) {
    if (row.state == State::active) active.push_back(&row);
    if (row.state == State::failed) failed.push_back(&row);
  }
  for (const auto state : {State::waiting, State::well}) {
    for (const auto& row : rows_) {
      if (row.state == state) others.push_back(&row);
    }
  }
  std::stable_sort(active.begin(), active.end(),
                   [](const Row* a, const Row* b) { return a->began < b->began; });
  // However many are at work, what failed keeps a third.
  const auto kept = std::min(failed.size(), room / 3);
  if (active.size() > room - kept) active.resize(room - kept);
  std::vector<const Row*> rows = std::move(active);
  rows.insert(rows.end(), failed.begin(), failed.end());
  rows.insert(rows.end(), others.begin(), others.end());
  if (rows.size() > room) rows.resize(room);
  return rows;
}

std::vector<std::string> Board::render(Time now, std::size_t width, std::size_t height) const {
  std::vector<std::string> lines;
  if (height == 0) return lines;
  std::size_t room = height - 1;
  const bool noted = !note_.empty() && room > 0;
  if (noted) --room;
  auto below = legend(width);
  const auto wanted = std::min(rows_.size(), kLeastRows);
  if (room < below.size() + 1 + wanted) below.clear();
  room -= below.size();
  if (room >= 1 + wanted) {
    lines.push_back(fit_width(heading(), width));
    --room;
  }
  for (const auto* row : chosen(room)) lines.push_back(line(*row, now, width));
  lines.insert(lines.end(), below.begin(), below.end());
  if (noted) lines.push_back(fit_width(note_, width));
  lines.push_back(fit_width(counts(now), width));
  return lines;
}

}  // namespace muster
