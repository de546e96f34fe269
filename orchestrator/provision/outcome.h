// SPDX-License-Identifier: GPL-2.0-or-later
// What became of each host of a run, put together from the reports of its steps. Pure: time is an argument.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/store/store.h"

namespace muster {

struct HostOutcome {
  std::vector<std::string> changed;  // steps, in the order in which they ended
  std::vector<std::string> notes;    // what steps that went well have to say
  StepRecord failure;                // of the step that failed; its state is empty when none did
  std::chrono::milliseconds took{};

  std::string state() const;  // "ok", "changed" or "failed"
  void add(const StepRecord& step);
};

class Outcomes {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void begun(const std::string& host, Time now);
  void ended(const StepRecord& step);
  // Forgets the host.
  HostOutcome take(const std::string& host, Time now);

 private:
  struct Open {
    Time began{};
    HostOutcome outcome;
  };
  std::map<std::string, Open> open_;
};

// One host of a run that is on record.
struct HostHistory {
  std::string host;
  HostOutcome outcome;
  std::vector<StepRecord> steps;  // in the order in which they ended
};
// By name.
std::vector<HostHistory> histories(const std::vector<StepRecord>& steps);

// "web1: changed: install_package, register (2.31 s)", without a line end.
std::string outcome_line(const std::string& host, const HostOutcome& outcome);

}  // namespace muster
