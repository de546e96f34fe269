// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/outcome.h"

#include <algorithm>
#include <utility>

#include "orchestrator/cli/text_width.h"
#include "orchestrator/cli/time_text.h"

namespace muster {

namespace {

// Steps overlap: from the first one's begin to the last one's end. Runs of old say only how long each took.
std::chrono::milliseconds time_of(const std::vector<StepRecord>& steps) {
  auto first = WallTime::max();
  auto last = WallTime::min();
  std::chrono::milliseconds sum{};
  for (const auto& step : steps) {
    first = std::min(first, step.began);
    last = std::max(last, step.began + step.took);
    sum += step.took;
  }
  if (steps.empty() || first == WallTime{}) return sum;
  return std::chrono::duration_cast<std::chrono::milliseconds>(last - first);
}

}  // namespace

std::string HostOutcome::state() const {
  if (!failure.state.empty()) return "failed";
  return changed.empty() ? "ok" : "changed";
}

void HostOutcome::add(const StepRecord& step) {
  if (step.state == "changed") changed.push_back(step.step);
  if (step.state == "failed") {
    failure = step;
  } else if (!step.text.empty()) {
    notes.push_back(step.text);
  }
}

void Outcomes::begun(const std::string& host, Time now) {
  open_.try_emplace(host, Open{now, {}});
}

void Outcomes::ended(const StepRecord& step) {
  open_[step.host].outcome.add(step);
}

HostOutcome Outcomes::take(const std::string& host, Time now) {
  auto node = open_.extract(host);
  if (node.empty()) return {};
  auto outcome = std::move(node.mapped().outcome);
  outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(now - node.mapped().began);
  return outcome;
}

std::vector<HostHistory> histories(const std::vector<StepRecord>& steps) {
  std::map<std::string, HostHistory> by_name;
  for (const auto& step : steps) {
    auto& history = by_name[step.host];
    history.host = step.host;
    history.outcome.add(step);
    history.steps.push_back(step);
  }
  std::vector<HostHistory> all;
  for (auto& [name, history] : by_name) {
    history.outcome.took = time_of(history.steps);
    all.push_back(std::move(history));
  }
  return all;
}

std::string outcome_line(const std::string& host, const HostOutcome& outcome) {
  std::string text = terminal_safe(host) + ": " + outcome.state();
  if (!outcome.failure.state.empty()) {
    text.append(" at ").append(outcome.failure.step).append(": ").append(outcome.failure.code);
    text.append(": ").append(terminal_safe(outcome.failure.text));
  }
  std::string changed;
  for (const auto& step : outcome.changed) changed.append(changed.empty() ? "" : ", ").append(step);
  if (!changed.empty()) {
    text.append(outcome.failure.state.empty() ? ": " : "; changed before: ").append(changed);
  }
  if (outcome.failure.state.empty()) {
    for (const auto& note : outcome.notes) text.append("; ").append(terminal_safe(note));
  }
  return text + " (" + took_text(outcome.took) + ")";
}

}  // namespace muster
