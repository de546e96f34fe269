// SPDX-License-Identifier: GPL-2.0-or-later
// Defaults of a step, and the order in which steps run.
#include <algorithm>
#include <cstdlib>

#include "core/base/log.h"
#include "orchestrator/steps/step.h"

namespace muster {
namespace {

bool takes_part(const Step& step, Journey journey) {
  const auto journeys = step.journeys();
  return std::find(journeys.begin(), journeys.end(), journey) != journeys.end();
}

using Steps = std::vector<std::unique_ptr<Step>>;

bool holds(const Steps& steps, std::string_view name) {
  return std::any_of(steps.begin(), steps.end(),
                     [name](const auto& step) { return step && step->name() == name; });
}

bool may_run(const Step& step, const Steps& waiting) {
  const auto before = step.after();
  return std::none_of(before.begin(), before.end(),
                      [&](std::string_view name) { return holds(waiting, name); });
}

}  // namespace

std::string_view to_string(StepState state) {
  switch (state) {
    case StepState::ok: return "ok";
    case StepState::changed: return "changed";
    case StepState::failed: return "failed";
    case StepState::skipped: return "skipped";
  }
  return "failed";
}

Result<std::string> Step::answer(const std::string& /*question*/, HostWork& /*host*/,
                                 ServerSide& /*server*/) const {
  return fail(Errc::internal, std::string(name()) + ": asks, and has no answer");
}

// Those that override it keep what they are given.
void Step::apply(HostWork& /*host*/, ServerSide& /*server*/,
                 Done done) const {  // NOLINT(performance-unnecessary-value-param)
  done({StepState::failed, {failure_code(), std::string(name()) + ": does nothing"}});
}

std::vector<std::unique_ptr<Step>> plan_steps(std::vector<std::unique_ptr<Step>> all, Journey journey) {
  all.erase(
      std::remove_if(all.begin(), all.end(), [&](const auto& step) { return !takes_part(*step, journey); }),
      all.end());
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a->name() < b->name(); });
  Steps ordered;
  while (ordered.size() < all.size()) {
    const auto next =
        std::find_if(all.begin(), all.end(), [&](const auto& step) { return step && may_run(*step, all); });
    if (next == all.end()) {
      log::error("steps", "they wait for each other");
      std::abort();
    }
    ordered.push_back(std::move(*next));
  }
  return ordered;
}

}  // namespace muster
