// SPDX-License-Identifier: GPL-2.0-or-later
// The live table: a heading, one line per host with a sign per step, the legend, and what is left to do.
// Pure: time is an argument.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/store/store.h"

namespace muster {

class Board {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Board(std::vector<std::string> hosts, std::vector<std::string> steps, Time start);

  void begun(const std::string& host, const std::string& step, Time now);
  void ended(const StepRecord& step);
  void host_done(const std::string& host, Time now);
  void note(std::string text) { note_ = std::move(text); }  // above the last line

  // At most `height` lines of at most `width` columns, without line ends. Hosts at work come first, the
  // slowest on top, then failed ones, those to come, those that are well. Heading and legend give way on a
  // low terminal; the last line counts.
  std::vector<std::string> render(Time now, std::size_t width, std::size_t height) const;

 private:
  enum class State { waiting, active, failed, well };

  struct Row {
    std::string host;
    std::string signs;        // per step: '.' to come, '=' ok, '+' changed, '!' failed, '*' at work
    std::vector<Time> since;  // per step: when it began
    std::string text;         // why it failed
    Time began{};
    State state = State::waiting;
    bool failed = false;
    std::chrono::milliseconds took{};
  };

  Row* find(const std::string& host);
  std::size_t place(const std::string& step) const;  // steps_.size(): none of ours
  std::string at_work(const Row& row, Time now) const;
  std::string heading() const;
  std::vector<std::string> legend(std::size_t width) const;
  std::string line(const Row& row, Time now, std::size_t width) const;
  std::string counts(Time now) const;
  std::optional<std::chrono::milliseconds> time_left(Time now) const;
  std::vector<const Row*> chosen(std::size_t room) const;

  std::vector<std::string> steps_;
  std::vector<Row> rows_;
  std::map<std::string, std::size_t> by_name_;
  Time start_;
  std::size_t name_width_ = 4;
  std::string note_;
};

}  // namespace muster
