// SPDX-License-Identifier: GPL-2.0-or-later
// muster hosts
#include <map>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "orchestrator/cli/command.h"
#include "orchestrator/cli/help.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/table.h"
#include "orchestrator/cli/time_text.h"
#include "orchestrator/commands/registry.gen.h"
#include "orchestrator/store/store.h"

namespace muster {
namespace {

constexpr Manual kManual{
    .summary = "shows the registered hosts and their health",
    .description =
        "Health is what muster serve keeps: up, down, or unknown when it has not looked yet. LAST SEEN is "
        "the age of the last stored answer.",
    .examples = "muster hosts\nmuster hosts --json | jq -r '.hosts[] | select(.health==\"down\") | .host'",
    .files = "STATE/muster.db",
};

using std::chrono::duration_cast;
using std::chrono::seconds;
using std::chrono::system_clock;

struct Row {
  HostRecord host;
  HostHealth health;
};

std::string word_of(Health health) {
  switch (health) {
    case Health::unknown: return "unknown";
    case Health::up: return "up";
    case Health::down: return "down";
  }
  return "unknown";
}

Tone tone_of(Health health) {
  if (health == Health::unknown) return Tone::warning;
  return health == Health::up ? Tone::good : Tone::bad;
}

std::string age(WallTime since) {
  return duration_text(duration_cast<seconds>(system_clock::now() - since));
}

bool known(WallTime time) {
  return time != WallTime{};
}

Cell days_left(WallTime not_after) {
  if (!known(not_after)) return {"-"};
  const auto days = std::chrono::floor<std::chrono::days>(not_after - system_clock::now()).count();
  if (days < 0) return {"expired", Tone::bad};
  return {std::to_string(days), days < 30 ? Tone::warning : Tone::plain};
}

Json row_json(const Row& row) {
  const auto optional_time = [](WallTime time) { return known(time) ? Json(iso8601(time)) : Json(nullptr); };
  return {{"host", row.host.name},
          {"address", row.host.address},
          {"port", row.host.agent_port},
          {"health", word_of(row.health.health)},
          {"since", optional_time(row.health.since)},
          {"last_seen", optional_time(row.health.last_seen)},
          {"reason", row.health.reason},
          {"agent_version", row.host.agent_version},
          {"certificate",
           {{"name", row.host.certificate_name},
            {"serial", row.host.certificate_serial},
            {"sha256", row.host.certificate_sha256},
            {"not_after", optional_time(row.host.certificate_not_after)}}},
          {"platform", row.host.platform},
          {"groups", row.host.groups},
          {"provisioned_at", optional_time(row.host.provisioned_at)}};
}

Result<std::vector<Row>> load(Store& store) {
  auto hosts = store.hosts();
  if (!hosts) return fail(hosts.error());
  const auto states = store.health();
  if (!states) return fail(states.error());
  std::map<std::string, HostHealth> by_host;
  for (const auto& state : *states) by_host[state.host] = state;
  std::vector<Row> rows;
  for (auto& host : *hosts) {
    auto health = by_host[host.name];
    rows.push_back({std::move(host), std::move(health)});
  }
  return rows;
}

void print_table(const std::vector<Row>& rows, bool interactive) {
  Table table({{"HOST"},
               {"ADDRESS"},
               {"HEALTH"},
               {"SINCE"},
               {"LAST SEEN"},
               {"AGENT"},
               {"CERT DAYS", Align::right},
               {"PLATFORM"}});
  std::string reasons;
  for (const auto& [host, health] : rows) {
    table.add({host.name, host.address + ":" + std::to_string(host.agent_port),
               Cell(word_of(health.health), tone_of(health.health)),
               known(health.since) ? age(health.since) : "-",
               known(health.last_seen) ? age(health.last_seen) + " ago" : "never",
               host.agent_version.empty() ? "-" : host.agent_version, days_left(host.certificate_not_after),
               host.platform.empty() ? "-" : host.platform});
    if (health.health == Health::down) reasons += host.name + ": " + health.reason + "\n";
  }
  print(table.render(terminal_for(interactive)));
  if (!reasons.empty()) print("\n" + reasons);
}

class Hosts : public Command {
 public:
  CLI::App* declare(CLI::App& root) override { return add_command(root, "hosts", kManual); }

  Result<Exit> run(Environment& environment) override {
    auto store = Store::open(environment.state_folder);
    if (!store) return fail(store.error());
    const auto rows = load(*store);
    if (!rows) return fail(rows.error());
    if (environment.json) {
      Json all = Json::array();
      for (const auto& row : *rows) all.push_back(row_json(row));
      print_json({{"hosts", all}});
    } else if (rows->empty()) {
      print("no hosts yet: muster provision -i FILE registers them\n");
    } else {
      print_table(*rows, environment.interactive);
    }
    return Exit::ok;
  }
};

}  // namespace

std::unique_ptr<Command> make_hosts() {
  return std::make_unique<Hosts>();
}

}  // namespace muster
