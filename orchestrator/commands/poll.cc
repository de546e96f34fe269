// SPDX-License-Identifier: GPL-2.0-or-later
// muster poll
#include <cmath>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "orchestrator/ca/authority.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/help.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/table.h"
#include "orchestrator/cli/time_text.h"
#include "orchestrator/commands/registry.gen.h"
#include "orchestrator/poll/host_choice.h"
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
        "Without hosts or --limit, all registered hosts are polled; with both, the hosts that match. With "
        "--class the number of instances is shown instead of vital signs.",
    .examples =
        "muster poll\n"
        "muster poll web1 web2\n"
        "muster poll --limit 'web*:!web3'\n"
        "muster poll web1 --class SCX_UnixProcess --json",
    .exit_status =
        "0  all answered\n1  none answered, or failed\n2  wrong usage\n"
        "3  some did not answer, or not for every class",
    .files = "STATE/muster.db, STATE/client.pem, STATE/ca/root.pem",
};

std::string percent(const std::optional<double>& value) {
  return value ? std::to_string(std::lround(*value)) : "-";
}

Cell percent_cell(const std::optional<double>& value) {
  return {percent(value), value && *value >= 90 ? Tone::bad : Tone::plain};
}

Cell state_of(const Reading& reading) {
  if (reading.error) return {"failed", Tone::bad};
  return reading.whole() ? Cell("up", Tone::good) : Cell("partly", Tone::warning);
}

void add_row(Table& table, const Reading& reading) {
  const auto vitals = vitals_of(reading);
  const auto fullest = vitals.fullest_file_system.empty()
                           ? std::string("-")
                           : vitals.fullest_file_system + " " + percent(vitals.fullest_percent) + "%";
  const Tone fullest_tone = vitals.fullest_percent && *vitals.fullest_percent >= 90 ? Tone::bad : Tone::plain;
  table.add({reading.host, state_of(reading), vitals.up_time ? duration_text(*vitals.up_time) : "-",
             percent_cell(vitals.cpu_percent), percent_cell(vitals.memory_percent),
             Cell(fullest, fullest_tone),
             vitals.processes ? std::to_string(static_cast<std::int64_t>(*vitals.processes)) : "-",
             std::to_string(reading.took.count())});
}

void print_vitals(const std::vector<Reading>& readings, bool interactive) {
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

// A host that failed as a whole has one row, the others one for each class.
void print_counts(const std::vector<Reading>& readings, bool interactive) {
  Table table({{"HOST"}, {"STATE"}, {"CLASS"}, {"INSTANCES", Align::right}});
  for (const auto& reading : readings) {
    if (reading.error) table.add({reading.host, state_of(reading), "-", "-"});
    if (reading.error) continue;
    for (const auto& one : reading.classes) {
      table.add({reading.host, one.error ? Cell("failed", Tone::bad) : Cell("up", Tone::good), one.class_name,
                 one.error ? "-" : std::to_string(one.items.size())});
    }
  }
  print(table.render(terminal_for(interactive)));
  print("\nwith --json the instances themselves\n");
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
  if (std::all_of(readings.begin(), readings.end(), [](const Reading& r) { return r.whole(); })) {
    return Exit::ok;
  }
  const bool none = std::all_of(readings.begin(), readings.end(), [](const Reading& r) { return !!r.error; });
  return none ? Exit::failed : Exit::partly;
}

class Poll : public Command {
 public:
  CLI::App* declare(CLI::App& root) override {
    auto* command = add_command(root, "poll", kManual);
    choice_.declare(*command);
    command->add_option("--class", classes_, "this class instead of the collection; may be repeated")
        ->type_name("CLASS")
        ->allow_extra_args(false);
    command->add_option("--timeout", timeout_, "how long a host may take for one class")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    return command;
  }

  Result<Exit> run(Environment& environment) override {
    const auto hosts = chosen_hosts(environment.state_folder);
    if (!hosts) return fail(hosts.error());
    if (hosts->empty()) return wrong_usage(environment, choice_.nothing_chosen());
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
      (classes_.empty() ? print_vitals : print_counts)(readings, environment.interactive);
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
    return choice_.select(*all);
  }

  HostChoice choice_;
  std::vector<std::string> classes_;
  int timeout_ = 10;
};

}  // namespace

std::unique_ptr<Command> make_poll() {
  return std::make_unique<Poll>();
}

}  // namespace muster
