// SPDX-License-Identifier: GPL-2.0-or-later
// muster provision
#include <CLI/CLI.hpp>

#include "orchestrator/cli/help.h"
#include "orchestrator/commands/registry.gen.h"
#include "orchestrator/provision/journey.h"

namespace muster {
namespace {

constexpr Manual kManual{
    .summary = "installs and sets up the agent on many hosts over SSH",
    .description =
        "Brings each host to the wanted state: the agent package installed, a certificate signed by this "
        "management server, the service running, proved over WS-Man, and registered for polling. What is as "
        "it "
        "should be stays as it is: a second run changes nothing, and a run that was cut short is finished by "
        "the "
        "next one.\n\n"
        "The key of a host is made on the host and never leaves it. A host whose SSH key is not known is "
        "refused "
        "before anything is sent to it, unless --accept-new is given; a changed key is always refused. The "
        "sudo "
        "password is tried once per host.\n\n"
        "The package is the newest muster-agent in /usr/share/muster/packages, or the one that is named; any "
        "other "
        "package is refused before a host is connected to.\n\n"
        "With --canary and --batch hosts are worked on in waves, the next when all of one have ended. "
        "--max-fail "
        "is a budget: when more hosts than that have failed or were unreachable, of all or of a wave, no "
        "further host is "
        "begun. docs/rollout.md has the rules, case by case.\n\n"
        "Ctrl-C, SIGTERM and a lost terminal stop a run: no host is begun any more, and those at work get "
        "ten seconds to "
        "finish. A second Ctrl-C leaves them at once, wherever they are (dpkg ends by itself). The next run "
        "finishes "
        "what is left.",
    .examples =
        "muster provision -i hosts.ini --ask-become-pass\n"
        "muster provision -i hosts.yml --limit 'web*:!web3' --forks 50 --become-password-file ~/.become\n"
        "muster provision -i hosts.ini --canary 2 --batch 10% --max-fail 5% --pause\n"
        "muster provision -i hosts.ini --accept-new --package ./muster-agent_0.1.0_amd64.deb --json",
    .exit_status =
        "0  all hosts well\n1  failed on all hosts, or stopped\n"
        "2  wrong usage, or a wrong inventory\n3  failed on some hosts",
    .files =
        "STATE/muster.db      hosts and runs\n"
        "STATE/known_hosts    host keys taken with --accept-new",
};

class Provision final : public Command {
 public:
  CLI::App* declare(CLI::App& root) override {
    auto* command = add_command(root, "provision", kManual);
    options_.declare(*command);
    options_.declare_package(*command);
    return command;
  }
  bool needs_workers() const override { return true; }
  Result<Exit> run(Environment& environment) override {
    return run_journey(environment, Journey::provision, options_);
  }

 private:
  JourneyOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_provision() {
  return std::make_unique<Provision>();
}

}  // namespace muster
