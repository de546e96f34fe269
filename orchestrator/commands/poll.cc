// SPDX-License-Identifier: GPL-2.0-or-later
// muster poll
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "orchestrator/ca/authority.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/help.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/table.h"
#include "orchestrator/cli/time_text.h"
#include "orchestrator/commands/registry.gen.h"
#include "orchestrator/inventory/inventory.h"
#include "orchestrator/poll/poll_host.h"
#include "orchestrator/poll/reading_json.h"

namespace muster {
namespace {

constexpr Manual kManual{
    .summary = "looks at registered hosts once, now",
    .description =
        "Asks every host at the same time, by mutual TLS, for the classes of the collection and shows its "
        "vital signs. With --json everything that was read is printed. Nothing is stored: that is what "
        "muster serve does.\n\n"
        "Without hosts or --limit, all registered hosts are polled.",
    .examples =
        "muster poll\n"
        "muster poll web1 web2\n"
        "muster poll --limit 'web*:!web3'\n"
        "muster poll web1 --class SCX_UnixProcess --json",
    .exit_status = "0  all answered\n1  none answered, or failed\n2  wrong usage\n3  some did not answer",
    .files = "STATE/muster.db, STATE/client.pem, STATE/ca/root.pem",
};

std::vector<std::string> split_groups(const std::string& text) {
  std::vector<std::string> groups;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    groups.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return groups;
}

// Registered hosts in the shape that patterns select from.
Inventory as_inventory(const std::vector<HostRecord>& hosts) {
  Inventory inventory;
  for (const auto& host : hosts) {
    HostEntry entry;
    entry.name = host.name;
    entry.address = host.address;
    entry.groups = split_groups(host.groups);
    for (const auto& group : entry.groups) inventory.groups[group].push_back(host.name);
    inventory.by_name[host.name] = inventory.hosts.size();
    inventory.hosts.push_back(std::move(entry));
  }
  return inventory;
}

std::string percent(const std::optional<double>& value) {
  return value ? std::to_string(static_cast<int>(*value + 0.5)) : "-";
}

Cell percent_cell(const std::optional<double>& value) {
  return {percent(value), value && *value >= 90 ? Tone::bad : Tone::plain};
}

void add_row(Table& table, const Reading& reading) {
  const auto vitals = vitals_of(reading);
  const auto fullest = vitals.fullest_file_system.empty()
                           ? std::string("-")
                           : vitals.fullest_file_system + " " + percent(vitals.fullest_percent) + "%";
  const Tone fullest_tone = vitals.fullest_percent && *vitals.fullest_percent >= 90 ? Tone::bad : Tone::plain;
  table.add({reading.host, reading.error ? Cell("failed", Tone::bad) : Cell("up", Tone::good),
             vitals.up_time ? duration_text(*vitals.up_time) : "-", percent_cell(vitals.cpu_percent),
             percent_cell(vitals.memory_percent), Cell(fullest, fullest_tone),
             vitals.processes ? std::to_string(static_cast<std::int64_t>(*vitals.processes)) : "-",
             std::to_string(reading.took.count())});
}

void print_readings(const std::vector<Reading>& readings, bool interactive) {
  Table table({{"HOST"},
               {"STATE"},
               {"UP TIME", Align::right},
               {"CPU %", Align::right},
               {"MEMORY %", Align::right},
               {"FULLEST"},
               {"PROCESSES", Align::right},
               {"MS", Align::right}});
  for (const auto& reading : readings) add_row(table, reading);
  print(table.render(terminal_for(interactive)));
}

void print_failures(const std::vector<Reading>& readings) {
  for (const auto& reading : readings) {
    if (reading.error) {
      print_error(Error(*reading.error).during(reading.host));
      continue;
    }
    for (const auto& one : reading.classes) {
      if (one.error) print_error(Error(*one.error).during(reading.host + ": " + one.class_name));
    }
  }
}

Exit exit_of(const std::vector<Reading>& readings) {
  const auto failed =
      std::count_if(readings.begin(), readings.end(), [](const Reading& r) { return !!r.error; });
  if (failed == 0) return Exit::ok;
  return static_cast<std::size_t>(failed) == readings.size() ? Exit::failed : Exit::partly;
}

class Poll : public Command {
 public:
  CLI::App* declare(CLI::App& root) override {
    auto* command = add_command(root, "poll", kManual);
    command->add_option("host", hosts_, "registered hosts; all without any")->type_name("HOST");
    command->add_option("--limit", limit_, "only the registered hosts that match")->type_name("PATTERN");
    command->add_option("--class", classes_, "these classes instead of the collection")->type_name("CLASS");
    command->add_option("--timeout", timeout_, "how long a host may take for one class")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    return command;
  }

  Result<Exit> run(Environment& environment) override {
    const auto hosts = chosen_hosts(environment.state_folder);
    if (!hosts) return fail(hosts.error());
    const auto authority = Authority::open(environment.state_folder);
    if (!authority) return fail(authority.error());
    const auto context = authority->client_context();
    if (!context) return fail(context.error());
    const PollPlan plan{classes_.empty() ? default_collection() : classes_, std::chrono::seconds(timeout_)};
    const auto readings = poll_once(*hosts, *context, plan);
    if (environment.json) {
      Json all = Json::array();
      for (const auto& reading : readings) all.push_back(reading_json(reading));
      print_json({{"hosts", all}});
    } else {
      print_readings(readings, environment.interactive);
      print_failures(readings);
    }
    return exit_of(readings);
  }

 private:
  Result<std::vector<HostRecord>> chosen_hosts(const std::string& state_folder) const {
    auto store = Store::open(state_folder);
    if (!store) return fail(store.error());
    const auto all = store->hosts();
    if (!all) return fail(all.error());
    if (all->empty()) {
      return fail(Errc::not_found, state_folder + ": no host is registered",
                  "muster provision -i FILE registers them");
    }
    const auto inventory = as_inventory(*all);
    std::vector<HostRecord> chosen;
    if (!hosts_.empty()) {
      for (const auto& name : hosts_) {
        auto host = store->host(name);
        if (!host) return fail(host.error());
        chosen.push_back(std::move(*host));
      }
      return chosen;
    }
    const auto selected = select_hosts(inventory, limit_);
    if (!selected) return fail(selected.error());
    for (const auto* entry : *selected) chosen.push_back((*all)[inventory.by_name.at(entry->name)]);
    return chosen;
  }

  std::vector<std::string> hosts_;
  std::string limit_ = "all";
  std::vector<std::string> classes_;
  int timeout_ = 10;
};

}  // namespace

std::unique_ptr<Command> make_poll() {
  return std::make_unique<Poll>();
}

}  // namespace muster
