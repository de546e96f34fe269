// SPDX-License-Identifier: GPL-2.0-or-later
// Starts the agent anew when something under it has changed. If it does not come up with a new certificate or
// package, the old one is put back.
#include "orchestrator/steps/registry.gen.h"

namespace muster {
namespace {

constexpr std::string_view kScript =
    R"sh([ -x /usr/sbin/muster-agent ] || stop E-NO-AGENT "muster-agent is not installed"
if [ "$restart_always" = no ] && [ ! -e "$pending" ] && agent_running; then
  ok
  return
fi
agent_start || stop_back E-SERVICE "$(agent_words)"
rm -f -- "$pending"
changed)sh";

class RestartAgent final : public Step {
 public:
  std::string_view name() const override { return "restart_agent"; }
  Place place() const override { return Place::root; }
  std::vector<Journey> journeys() const override { return {Journey::provision, Journey::restart}; }
  std::vector<std::string_view> after() const override { return {"probe", "install_certificate"}; }
  std::string_view script() const override { return kScript; }
  FailureCode failure_code() const override { return FailureCode::service; }
};

}  // namespace

std::unique_ptr<Step> make_restart_agent() {
  return std::make_unique<RestartAgent>();
}

}  // namespace muster
