// SPDX-License-Identifier: GPL-2.0-or-later
// muster uninstall
#include <CLI/CLI.hpp>

#include "orchestrator/cli/help.h"
#include "orchestrator/commands/registry.gen.h"
#include "orchestrator/provision/journey.h"

namespace muster {
namespace {

constexpr Manual kManual{
    .summary = "removes the agent from many hosts over SSH",
    .description =
        "Removes package, service, user, key, certificates and every other file of the agent, and takes the "
        "host "
        "off the list of hosts to poll. Nothing of it is left on the host.\n\n"
        "On a terminal it asks once before it begins. Where nobody can be asked, --limit or --yes is "
        "required. Ctrl-C stops it as it does muster provision.",
    .examples = "muster uninstall -i hosts.ini --limit web3 --become-password-file ~/.become",
    .exit_status =
        "0  all hosts well\n1  failed on all hosts, or stopped\n"
        "2  wrong usage, or a wrong inventory\n3  failed on some hosts",
    .files =
        "STATE/muster.db      hosts and runs\n"
        "STATE/known_hosts    host keys taken with --accept-new",
};

class Uninstall final : public Command {
 public:
  CLI::App* declare(CLI::App& root) override {
    auto* command = add_command(root, "uninstall", kManual);
    options_.declare(*command);
    options_.declare_yes(*command);
    return command;
  }
  bool needs_workers() const override { return true; }
  Result<Exit> run(Environment& environment) override {
    return run_journey(environment, Journey::uninstall, options_);
  }

 private:
  JourneyOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_uninstall() {
  return std::make_unique<Uninstall>();
}

}  // namespace muster
