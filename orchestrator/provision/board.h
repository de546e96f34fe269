// SPDX-License-Identifier: GPL-2.0-or-later
// The live table: one line per host with a sign per step, the step at work, and for how long. Pure: time is
// an argument.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/store/store.h"

namespace muster {

class Board {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Board(std::vector<std::string> hosts, std::vector<std::string> steps, Time start);

  void begun(const std::string& host, const std::string& step, Time now);
  void ended(const StepRecord& step);
  void host_done(const std::string& host);

  // At most `height` lines of at most `width` columns, without line ends. Hosts at work and failed ones come
  // first when not all fit. The last line counts.
  std::vector<std::string> render(Time now, std::size_t width, std::size_t height) const;

 private:
  struct Row {
    std::string host;
    std::vector<char> signs;  // per step: '.' to come, '=' ok, '+' changed, '!' failed, '*' at work
    std::string step;
    std::string text;
    Time since{};
    bool active = false;
    bool done = false;
    bool failed = false;
  };

  Row* find(const std::string& host);
  void mark(Row& row, const std::string& step, char sign);
  std::string line(const Row& row, Time now, std::size_t width) const;
  std::string counts(Time now) const;
  std::vector<const Row*> chosen(std::size_t room) const;

  std::vector<std::string> steps_;
  std::vector<Row> rows_;
  std::map<std::string, std::size_t> by_name_;
  Time start_;
  std::size_t name_width_ = 4;
};

}  // namespace muster
