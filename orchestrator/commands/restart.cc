// SPDX-License-Identifier: GPL-2.0-or-later
// muster restart
#include <CLI/CLI.hpp>

#include "orchestrator/cli/help.h"
#include "orchestrator/commands/registry.gen.h"
#include "orchestrator/provision/journey.h"

namespace muster {
namespace {

constexpr Manual kManual{
    .summary = "restarts the agent on many hosts over SSH",
    .description =
        "Restarts the agent and proves over WS-Man that it answers again. Package and certificate stay as "
        "they "
        "are. Ctrl-C stops it as it does muster provision.",
    .examples = "muster restart -i hosts.ini --limit db1 --ask-become-pass",
    .exit_status =
        "0  all hosts well\n1  failed on all hosts, or stopped\n"
        "2  wrong usage, or a wrong inventory\n3  failed on some hosts",
    .files =
        "STATE/muster.db      hosts and runs\n"
        "STATE/known_hosts    host keys taken with --accept-new",
};

class Restart final : public Command {
 public:
  CLI::App* declare(CLI::App& root) override {
    auto* command = add_command(root, "restart", kManual);
    options_.declare(*command);
    return command;
  }
  bool needs_workers() const override { return true; }
  Result<Exit> run(Environment& environment) override {
    return run_journey(environment, Journey::restart, options_);
  }

 private:
  JourneyOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_restart() {
  return std::make_unique<Restart>();
}

}  // namespace muster
