// SPDX-License-Identifier: GPL-2.0-or-later
// muster inventory check|list
#include "orchestrator/inventory/inventory.h"

#include <algorithm>
#include <set>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "orchestrator/cli/command.h"
#include "orchestrator/cli/help.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/table.h"
#include "orchestrator/cli/text_width.h"
#include "orchestrator/commands/registry.gen.h"
#include "orchestrator/inventory/addresses.h"
#include "orchestrator/inventory/key_files.h"

namespace muster {
namespace {

constexpr Manual kManual{
    .summary = "looks at an inventory of hosts",
    .description =
        "Inventories are Ansible's, read as they are: INI or YAML with group_vars and host_vars beside them, "
        "JSON "
        "as `ansible-inventory --list` prints it, and programs that print that. A table in CSV will do, too: "
        "its "
        "first line has the titles name, address, port, user, groups and the names of variables.",
    .examples = "muster inventory check hosts.ini\nmuster inventory list hosts.yml --limit 'web*:!web3'",
};
constexpr Manual kCheck{
    .summary = "says everything that is wrong with an inventory",
    .description =
        "Prints the first 20 problems as FILE:LINE:COLUMN with what to do about them, and how many there "
        "are: "
        "what cannot be read, two hosts at one address, names that the resolver does not know, private keys "
        "that are not there. Warnings are for what may be meant: groups that contradict each other, "
        "addresses "
        "whose names lead elsewhere. No host is connected to.",
    .examples = "muster inventory check hosts.ini\nmuster inventory check hosts.ini --no-dns",
    .exit_status = "0  nothing wrong; there may be warnings\n1  at least one problem\n2  wrong usage",
};
constexpr Manual kList{
    .summary = "shows the hosts of an inventory and how each would be reached",
    .description =
        "The pattern of --limit is Ansible's: hosts, groups and globs, joined by ',' or ':', with '!' before "
        "what to leave out and '&' before what must also match.",
    .examples =
        "muster inventory list hosts.ini\n"
        "muster inventory list hosts.ini --limit 'web:&north:!web3' --json\n"
        "muster inventory list hosts.ini --graph",
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
    check_->add_flag("--no-dns", no_dns_, "do not ask the resolver for the hosts' names");
    auto* limit = list->add_option("--limit", limit_, "only these hosts")->type_name("PATTERN");
    list->add_flag("--graph", graph_, "the groups as a tree, as ansible-inventory --graph shows them")
        ->excludes(limit);
    command->require_subcommand(1);
    return command;
  }

  Result<Exit> run(Environment& environment) override {
    return check_->parsed() ? check(environment) : list(environment);
  }

 private:
  Result<Exit> check(const Environment& environment) const {
    auto reading = check_inventory(file_);
    check_duplicates(reading);
    if (!no_dns_) check_resolution(reading, look_up);
    check_key_files(reading);
    environment.json ? print_problems_json(reading) : print_problems(reading);
    return reading.problems.empty() ? Exit::ok : Exit::failed;
  }

  static void print_first(const std::vector<Problem>& problems, const std::string& before) {
    const auto shown = std::min(problems.size(), kMostShown);
    for (std::size_t i = 0; i < shown; ++i) {
      const auto& error = problems[i].error;
      print(before + terminal_safe(error.what) + "\n");
      if (!error.hint.empty()) print("  hint: " + terminal_safe(error.hint) + "\n");
    }
    if (shown < problems.size()) {
      print("and " + std::to_string(problems.size() - shown) + " more; --json lists them all\n");
    }
  }

  void print_problems(const InventoryReading& reading) const {
    print_first(reading.doubts, "warning: ");
    print_first(reading.problems, "");
    const auto warnings = reading.doubts.empty() ? "" : ", " + counted(reading.doubts.size(), "warning");
    const auto hosts = reading.inventory.hosts.size();
    if (!reading.problems.empty()) {
      return print(file_ + ": " + counted(reading.problems.size(), "problem") + warnings + "\n");
    }
    print(file_ + (hosts == 0 ? ": warning: names no host\n"
                              : ": good: " + counted(hosts, "host") + warnings + "\n"));
  }

  static Json json_of(const std::vector<Problem>& problems) {
    Json all = Json::array();
    for (const auto& problem : problems) {
      all.push_back({{"file", problem.where.file},
                     {"line", problem.where.line},
                     {"column", problem.where.column},
                     {"what", problem.error.what},
                     {"hint", problem.error.hint}});
    }
    return all;
  }

  void print_problems_json(const InventoryReading& reading) const {
    print_json({{"inventory", file_},
                {"hosts", reading.inventory.hosts.size()},
                {"problems", json_of(reading.problems)},
                {"warnings", json_of(reading.doubts)}});
  }

  // A group that is below several groups shows in full below the first: the tree could grow without bounds.
  static void print_family(const Inventory& inventory, const std::string& group, const std::string& before,
                           std::set<std::string>& shown) {
    const auto& family = inventory.families.at(group);
    const bool full = shown.insert(group).second || (family.children.empty() && family.hosts.empty());
    print(before + "@" + group + (full ? ":\n" : ": (as above)\n"));
    if (!full) return;
    const std::string below = before.empty() ? "  |--" : before.substr(0, before.size() - 2) + "  |--";
    for (const auto& child : family.children) print_family(inventory, child, below, shown);
    for (const auto& host : family.hosts) print(below + terminal_safe(host) + "\n");
  }

  static void print_graph(const Inventory& inventory, bool as_json) {
    std::set<std::string> shown;
    if (!as_json) return print_family(inventory, "all", "", shown);
    Json groups = Json::object();
    for (const auto& [name, family] : inventory.families) {
      groups[name] = {{"children", family.children}, {"hosts", family.hosts}};
    }
    print_json({{"groups", groups}});
  }

  Result<Exit> list(const Environment& environment) const {
    const auto inventory = load_inventory(file_);
    if (!inventory) return fail(inventory.error());
    if (graph_) {
      print_graph(*inventory, environment.json);
      return Exit::ok;
    }
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
  bool graph_ = false;
  bool no_dns_ = false;
};

}  // namespace

std::unique_ptr<Command> make_inventory() {
  return std::make_unique<InventoryCommand>();
}

}  // namespace muster
