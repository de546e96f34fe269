// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/outcome.h"

#include <utility>

#include "orchestrator/cli/text_width.h"
#include "orchestrator/cli/time_text.h"

namespace muster {

std::string HostOutcome::state() const {
  if (!failure.state.empty()) return "failed";
  return changed.empty() ? "ok" : "changed";
}

void Outcomes::begun(const std::string& host, Time now) {
  open_.try_emplace(host, Open{now, {}});
}

void Outcomes::ended(const StepRecord& step) {
  auto& outcome = open_[step.host].outcome;
  if (step.state == "changed") outcome.changed.push_back(step.step);
  if (step.state == "failed") outcome.failure = step;
}

HostOutcome Outcomes::take(const std::string& host, Time now) {
  auto node = open_.extract(host);
  if (node.empty()) return {};
  auto outcome = std::move(node.mapped().outcome);
  outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(now - node.mapped().began);
  return outcome;
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
  return text + " (" + took_text(outcome.took) + ")";
}

}  // namespace muster
