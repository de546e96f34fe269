// SPDX-License-Identifier: GPL-2.0-or-later
// Takes a host from which the agent was removed off the list of hosts to poll.
#include "orchestrator/provision/host_work.h"
#include "orchestrator/steps/registry.gen.h"

namespace muster {
namespace {

class Forget final : public Step {
 public:
  std::string_view name() const override { return "forget"; }
  Place place() const override { return Place::management_server; }
  std::vector<Journey> journeys() const override { return {Journey::uninstall}; }
  std::vector<std::string_view> after() const override { return {"remove_agent"}; }
  FailureCode failure_code() const override { return FailureCode::registration; }

  void apply(HostWork& host, ServerSide& server, Done done) const override {
    const auto known = server.store.host(host.entry.name);
    if (!known && known.error().code == Errc::not_found) return done({StepState::ok, {}});
    const auto removed = server.store.remove_host(host.entry.name);
    if (!removed) return done({StepState::failed, {failure_code(), removed.error().what}});
    done({StepState::changed, {}});
  }
};

}  // namespace

std::unique_ptr<Step> make_forget() {
  return std::make_unique<Forget>();
}

}  // namespace muster
