// SPDX-License-Identifier: GPL-2.0-or-later
// muster help
#include "orchestrator/cli/help.h"

#include <CLI/CLI.hpp>

#include "orchestrator/cli/command.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/usage.h"
#include "orchestrator/commands/registry.gen.h"

namespace muster {
namespace {

constexpr Manual kManual{
    .summary = "explains a command, as its --help does",
    .description = "Without a command, what all of them have in common.",
    .examples = "muster help poll\nmuster help wsman get",
    .exit_status = "0  shown\n2  no such command",
};

class Help : public Command {
 public:
  CLI::App* declare(CLI::App& root) override {
    root_ = &root;
    auto* command = add_command(root, "help", kManual);
    command->add_option("command", words_, "the command, and the one below it")->type_name("COMMAND");
    return command;
  }

  Result<Exit> run(Environment& environment) override {
    const auto* app = root_;
    for (const auto& word : words_) {
      const auto found = app->get_subcommands([&](const CLI::App* one) { return one->get_name() == word; });
      if (found.empty()) return wrong_usage(environment, unknown_command(*app, word));
      app = found.front();
    }
    // Not help(): that goes on to the command that was chosen, which is this one.
    print(app->get_formatter()->make_help(app, path_of(*app), CLI::AppFormatMode::Normal));
    return Exit::ok;
  }

 private:
  const CLI::App* root_ = nullptr;
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> make_help() {
  return std::make_unique<Help>();
}

}  // namespace muster
