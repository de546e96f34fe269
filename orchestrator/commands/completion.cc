// SPDX-License-Identifier: GPL-2.0-or-later
// muster completion bash
#include "orchestrator/cli/completion.h"

#include <CLI/CLI.hpp>

#include "orchestrator/cli/command.h"
#include "orchestrator/cli/help.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/commands/registry.gen.h"

namespace muster {
namespace {

constexpr Manual kManual{
    .summary = "prints a completion script for a shell",
    .description =
        "The script knows the commands and options of this very binary: print it again after an upgrade. The "
        "package "
        "brings its own, in /usr/share/bash-completion/completions.",
    .examples =
        "source <(muster completion bash)\n"
        "muster completion bash > /etc/bash_completion.d/muster",
};

class Completion : public Command {
 public:
  CLI::App* declare(CLI::App& root) override {
    root_ = &root;
    auto* command = add_command(root, "completion", kManual);
    command->add_option("shell", shell_, "bash")
        ->type_name("SHELL")
        ->required()
        ->check(CLI::IsMember({"bash"}));
    return command;
  }

  Result<Exit> run(Environment& environment) override {
    if (environment.json) {
      return wrong_usage(environment,
                         {Errc::malformed, "completion and --json: a script of a shell is no JSON",
                          "leave one of them out"});
    }
    print(bash_completion(*root_));
    return Exit::ok;
  }

 private:
  const CLI::App* root_ = nullptr;
  std::string shell_;
};

}  // namespace

std::unique_ptr<Command> make_completion() {
  return std::make_unique<Completion>();
}

}  // namespace muster
