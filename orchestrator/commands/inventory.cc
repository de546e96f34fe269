// SPDX-License-Identifier: GPL-2.0-or-later
// muster inventory check|list
#include "orchestrator/inventory/inventory.h"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "orchestrator/cli/command.h"
#include "orchestrator/cli/help.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/table.h"
#include "orchestrator/cli/text_width.h"
#include "orchestrator/commands/registry.gen.h"
#include "orchestrator/inventory/key_files.h"

namespace muster {
namespace {

constexpr Manual kManual{
    .summary = "looks at an inventory of hosts",
    .description =
        "Inventories are Ansible's, in INI or YAML, read as they are, with group_vars and host_vars beside "
        "them.",
    .examples = "muster inventory check hosts.ini\nmuster inventory list hosts.yml --limit 'web*:!web3'",
};
constexpr Manual kCheck{
    .summary = "says everything that is wrong with an inventory",
    .description =
        "Prints the first 20 problems as FILE:LINE:COLUMN with what to do about them, private keys that are "
        "not there among them, and how many there are. Nothing is connected to.",
    .examples = "muster inventory check hosts.ini",
    .exit_status = "0  nothing wrong, or no host in it (a warning)\n1  at least one problem\n2  wrong usage",
};
constexpr Manual kList{
    .summary = "shows the hosts of an inventory and how each would be reached",
    .description =
        "The pattern of --limit is Ansible's: hosts, groups and globs, joined by ',' or ':', with '!' before "
        "what to leave out and '&' before what must also match.",
    .examples =
        "muster inventory list hosts.ini\n"
        "muster inventory list hosts.ini --limit 'web:&north:!web3' --json",
};

constexpr std::size_t kMostShown = 20;

std::string counted(std::size_t number, const std::string& what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : ",") + word;
  return all;
}

Json host_json(const HostEntry& host) {
  return {
      {"host", host.name},          {"address", host.address},   {"port", host.port},
      {"user", host.user},          {"become", host.become},     {"become_method", host.become_method},
      {"groups", host.groups},      {"host_key", host.host_key}, {"private_key_file", host.private_key_file},
      {"variables", host.variables}};
}

void print_table(const std::vector<const HostEntry*>& hosts, bool interactive) {
  Table table({{"HOST"}, {"ADDRESS"}, {"PORT", Align::right}, {"USER"}, {"BECOME"}, {"GROUPS"}});
  for (const auto* host : hosts) {
    table.add({host->name, host->address, std::to_string(host->port), host->user.empty() ? "-" : host->user,
               host->become ? host->become_method : std::string("no"), joined(host->groups)});
  }
  print(table.render(terminal_for(interactive)));
}

class InventoryCommand : public Command {
 public:
  CLI::App* declare(CLI::App& root) override {
    auto* command = add_command(root, "inventory", kManual);
    check_ = add_command(*command, "check", kCheck);
    auto* list = add_command(*command, "list", kList);
    for (auto* part : {check_, list}) {
      part->add_option("file", file_, "the inventory")->type_name("INVENTORY")->required();
    }
    list->add_option("--limit", limit_, "only these hosts")->type_name("PATTERN");
    command->require_subcommand(1);
    return command;
  }

  Result<Exit> run(Environment& environment) override {
    return check_->parsed() ? check(environment) : list(environment);
  }

 private:
  Result<Exit> check(const Environment& environment) const {
    auto reading = check_inventory(file_);
    check_key_files(reading);
    environment.json ? print_problems_json(reading) : print_problems(reading);
    return reading.problems.empty() ? Exit::ok : Exit::failed;
  }

  void print_problems(const InventoryReading& reading) const {
    const auto& problems = reading.problems;
    const auto shown = std::min(problems.size(), kMostShown);
    for (std::size_t i = 0; i < shown; ++i) {
      const auto& error = problems[i].error;
      print(terminal_safe(error.what) + "\n");
      if (!error.hint.empty()) print("  hint: " + terminal_safe(error.hint) + "\n");
    }
    if (shown < problems.size()) {
      print("and " + std::to_string(problems.size() - shown) + " more; --json lists them all\n");
    }
    const auto hosts = reading.inventory.hosts.size();
    if (!problems.empty()) return print(file_ + ": " + counted(problems.size(), "problem") + "\n");
    print(file_ + (hosts == 0 ? ": warning: names no host\n" : ": good: " + counted(hosts, "host") + "\n"));
  }

  void print_problems_json(const InventoryReading& reading) const {
    Json problems = Json::array();
    for (const auto& problem : reading.problems) {
      problems.push_back({{"file", problem.where.file},
                          {"line", problem.where.line},
                          {"column", problem.where.column},
                          {"what", problem.error.what},
                          {"hint", problem.error.hint}});
    }
    print_json({{"inventory", file_}, {"hosts", reading.inventory.hosts.size()}, {"problems", problems}});
  }

  Result<Exit> list(const Environment& environment) const {
    const auto inventory = load_inventory(file_);
    if (!inventory) return fail(inventory.error());
    const auto hosts = select_hosts(*inventory, limit_);
    if (!hosts) return fail(hosts.error());
    if (environment.json) {
      Json all = Json::array();
      for (const auto* host : *hosts) all.push_back(host_json(*host));
      print_json({{"inventory", file_}, {"hosts", all}});
    } else {
      print_table(*hosts, environment.interactive);
    }
    return Exit::ok;
  }

  CLI::App* check_ = nullptr;
  std::string file_;
  std::string limit_ = "all";
};

}  // namespace

std::unique_ptr<Command> make_inventory() {
  return std::make_unique<InventoryCommand>();
}

}  // namespace muster
