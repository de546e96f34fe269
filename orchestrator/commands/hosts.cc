// SPDX-License-Identifier: GPL-2.0-or-later
// muster hosts
#include <algorithm>
#include <map>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "orchestrator/cli/command.h"
#include "orchestrator/cli/help.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/table.h"
#include "orchestrator/cli/text_width.h"
#include "orchestrator/cli/time_text.h"
#include "orchestrator/commands/registry.gen.h"
#include "orchestrator/poll/host_choice.h"
#include "orchestrator/service/instance_lock.h"
#include "orchestrator/store/store.h"

namespace muster {
namespace {

constexpr Manual kManual{
    .summary = "shows the registered hosts and their health",
    .description =
        "Health is what muster serve keeps: up, down, refuses (it answers, and turns every poll away), or "
        "unknown when nobody has looked yet; muster provision begins it with what it proved. A host that is "
        "up and fails for some classes has those as its reason. LAST SEEN is the age of the last stored "
        "answer. While muster serve does not run, health is what it was when it stopped: that is said, and "
        "\"watched\" is false in JSON.\n\n"
        "Hosts that are down come first. The exit status says whether they could be shown, not how they are.",
    .examples =
        "muster hosts\nmuster hosts --down --limit 'web*'\nmuster hosts --json | jq -r '.hosts[] | "
        "select(.health==\"down\") | .host'\n"
        "muster hosts forget web3",
    .files = "STATE/muster.db\nSTATE/serve.lock   held while muster serve runs",
};
constexpr Manual kForget{
    .summary = "takes hosts off the list that are gone for good",
    .description =
        "Nothing is done on the host: where it can still be reached, muster uninstall removes the agent and "
        "takes the host off the list. Runs that are on record stay.",
    .examples = "muster hosts forget web3 web4",
    .files = "STATE/muster.db",
};

using std::chrono::duration_cast;
using std::chrono::seconds;
using std::chrono::system_clock;

struct Row {
  HostRecord host;
  HostHealth health;
};

std::string word_of(const HostHealth& state) {
  switch (state.health) {
    case Health::unknown: return "unknown";
    case Health::up: return state.reason.empty() || state.partly ? "up" : "refuses";
    case Health::down: return "down";
  }
  return "unknown";
}

// What nobody watches is not good, whatever it was.
Tone tone_of(const HostHealth& state, bool watched) {
  if (state.health == Health::down) return Tone::bad;
  return state.health == Health::up && state.reason.empty() && watched ? Tone::good : Tone::warning;
}

// As a URL has it.
std::string address_of(const HostRecord& host) {
  const bool literal = host.address.find(':') != std::string::npos;
  return (literal ? "[" + host.address + "]" : host.address) + ":" + std::to_string(host.agent_port);
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
          {"health", word_of(row.health)},
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
          {"groups", groups_of(row.host)},
          {"provisioned_at", optional_time(row.host.provisioned_at)}};
}

Result<std::vector<Row>> load(Store& store, const std::vector<HostRecord>& hosts) {
  const auto states = store.health();
  if (!states) return fail(states.error());
  std::map<std::string, HostHealth> by_host;
  for (const auto& state : *states) by_host[state.host] = state;
  std::vector<Row> rows;
  rows.reserve(hosts.size());
  for (const auto& host : hosts) rows.push_back({host, by_host[host.name]});
  return rows;
}

// 0 is the worst.
int standing_of(const HostHealth& state) {
  if (state.health == Health::down) return 0;
  return state.health == Health::up && state.reason.empty() ? 2 : 1;
}

void print_table(const std::vector<Row>& rows, bool watched, bool interactive) {
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
    table.add({host.name, address_of(host), Cell(word_of(health), tone_of(health, watched)),
               known(health.since) ? age(health.since) : "-",
               known(health.last_seen) ? age(health.last_seen) + " ago" : "never",
               host.agent_version.empty() ? "-" : host.agent_version, days_left(host.certificate_not_after),
               host.platform.empty() ? "-" : host.platform});
    if (!health.reason.empty()) reasons += host.name + ": " + terminal_safe(health.reason) + "\n";
  }
  print(table.render(terminal_for(interactive)));
  if (!reasons.empty()) print("\n" + reasons);
  if (!watched) {
    print(
        "\nmuster serve is not running: this is how things were when somebody looked last. Now: muster "
        "poll\n");
  }
}

class Hosts : public Command {
 public:
  CLI::App* declare(CLI::App& root) override {
    auto* command = add_command(root, "hosts", kManual);
    choice_.declare(*command);
    command->add_flag("--down", down_, "only those that are down");
    forget_ = add_command(*command, "forget", kForget);
    forget_->add_option("host", names_, "as muster hosts names it")->type_name("HOST")->required();
    return command;
  }

  Result<Exit> run(Environment& environment) override {
    auto store = Store::open(environment.state_folder);
    if (!store) return fail(store.error());
    if (!forget_->parsed()) return show(*store, environment);
    if (!down_ && !choice_.given()) return forget(*store, environment);
    return wrong_usage(environment,
                       {Errc::malformed, "muster hosts forget: takes the names of hosts and nothing else",
                        "muster hosts forget --help"});
  }

 private:
  Result<Exit> show(Store& store, const Environment& environment) const {
    const auto all = store.hosts();
    if (!all) return fail(all.error());
    const auto chosen = choice_.select(*all);
    if (!chosen) return fail(chosen.error());
    if (chosen->empty() && choice_.given()) return wrong_usage(environment, choice_.nothing_chosen());
    auto rows = load(store, *chosen);
    if (!rows) return fail(rows.error());
    if (down_) std::erase_if(*rows, [](const Row& row) { return row.health.health != Health::down; });
    const auto locked = service::is_locked(environment.state_folder);
    if (!locked) return fail(locked.error());
    if (environment.json) {
      Json documents = Json::array();
      for (const auto& row : *rows) documents.push_back(row_json(row));
      print_json({{"watched", *locked}, {"hosts", documents}});
    } else if (rows->empty()) {
      print(all->empty() ? "no hosts yet: muster provision -i FILE registers them\n" : "none is down\n");
    } else {
      std::stable_sort(rows->begin(), rows->end(), [](const Row& a, const Row& b) {
        return standing_of(a.health) < standing_of(b.health);
      });
      print_table(*rows, *locked, environment.interactive);
    }
    return Exit::ok;
  }

  // All of them or none: a mistyped name changes nothing.
  Result<Exit> forget(Store& store, const Environment& environment) const {
    for (const auto& name : names_) {
      if (const auto host = store.host(name); !host) {
        return fail(host.error().code, host.error().what, "muster hosts shows the names");
      }
    }
    for (const auto& name : names_) {
      if (auto removed = store.remove_host(name); !removed) return fail(removed.error());
    }
    if (environment.json) {
      print_json({{"forgotten", names_}});
    } else {
      for (const auto& name : names_) print(name + ": forgotten\n");
    }
    return Exit::ok;
  }

  CLI::App* forget_ = nullptr;
  HostChoice choice_;
  bool down_ = false;
  std::vector<std::string> names_;
};

}  // namespace

std::unique_ptr<Command> make_hosts() {
  return std::make_unique<Hosts>();
}

}  // namespace muster
