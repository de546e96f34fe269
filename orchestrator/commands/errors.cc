// SPDX-License-Identifier: GPL-2.0-or-later
// muster errors
#include <algorithm>
#include <cctype>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "orchestrator/cli/command.h"
#include "orchestrator/cli/help.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/table.h"
#include "orchestrator/cli/terminal.h"
#include "orchestrator/cli/usage.h"
#include "orchestrator/commands/registry.gen.h"
#include "orchestrator/provision/failure.h"

namespace muster {
namespace {

constexpr Manual kManual{
    .summary = "explains the codes of hosts that failed",
    .description =
        "Each way in which work on a host can fail has a code, which summaries, runs and --json have beside "
        "the "
        "text. Without a code all of them are listed.",
    .examples = "muster errors\nmuster errors E-SUDO-WRONG",
    .exit_status = "0  shown\n2  no such code",
};

Json json_of(const FailureClass& each) {
  return {{"code", each.word},
          {"cause", each.cause},
          {"hint", each.hint},
          {"counts_as", is_unreachable(each.code) ? "unreachable" : "failed"}};
}

class Errors : public Command {
 public:
  CLI::App* declare(CLI::App& root) override {
    auto* command = add_command(root, "errors", kManual);
    command->add_option("code", code_, "the code, such as E-SSH-AUTH")->type_name("CODE");
    return command;
  }

  Result<Exit> run(Environment& environment) override {
    if (code_.empty()) {
      list(environment);
      return Exit::ok;
    }
    std::transform(code_.begin(), code_.end(), code_.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const auto* found = find_failure_class(code_);
    if (found == nullptr) {
      return wrong_usage(environment,
                         Error{Errc::not_found, code_ + ": no such code", "see them all: muster errors"});
    }
    if (environment.json) {
      print_json(json_of(*found));
    } else {
      print(std::string(found->word) + ": " + std::string(found->cause) +
            "\nfix: " + std::string(found->hint) + "\ncounts as " +
            (is_unreachable(found->code) ? "unreachable" : "failed") + "\n");
    }
    return Exit::ok;
  }

 private:
  static void list(const Environment& environment) {
    if (environment.json) {
      Json all = Json::array();
      for (const auto& each : failure_classes()) all.push_back(json_of(each));
      return print_json({{"errors", all}});
    }
    Table table({{"CODE"}, {"MEANING"}});
    for (const auto& each : failure_classes()) table.add({std::string(each.word), std::string(each.cause)});
    print(table.render(terminal_for(environment.interactive)));
  }

  std::string code_;
};

}  // namespace

std::unique_ptr<Command> make_errors() {
  return std::make_unique<Errors>();
}

}  // namespace muster
