// SPDX-License-Identifier: GPL-2.0-or-later
// muster version
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "core/base/version.gen.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/help.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/commands/registry.gen.h"

namespace muster {
namespace {

constexpr Manual kManual{
    .summary = "shows the version",
    .description = {},
    .examples = "muster version\nmuster version --json",
    .exit_status = "0  always",
};

class Version : public Command {
 public:
  CLI::App* declare(CLI::App& root) override { return add_command(root, "version", kManual); }

  Result<Exit> run(Environment& environment) override {
    if (environment.json) {
      print_json({{"program", "muster"}, {"version", kVersion}});
    } else {
      print(std::string("muster ") + kVersion + "\n");
    }
    return Exit::ok;
  }
};

}  // namespace

std::unique_ptr<Command> make_version() {
  return std::make_unique<Version>();
}

}  // namespace muster
