// SPDX-License-Identifier: GPL-2.0-or-later
// muster runs list|show
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "orchestrator/cli/command.h"
#include "orchestrator/cli/help.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/table.h"
#include "orchestrator/cli/text_width.h"
#include "orchestrator/cli/time_text.h"
#include "orchestrator/commands/registry.gen.h"
#include "orchestrator/provision/failure.h"
#include "orchestrator/provision/outcome.h"
#include "orchestrator/store/store.h"

namespace muster {
namespace {

constexpr Manual kManual{
    .summary = "looks back at provisioning runs",
    .description =
        "Every provision, restart and uninstall is recorded with what it did on each host. Without a command "
        "the newest are listed. muster serve deletes runs of more than 90 days ago, but never the newest.",
    .examples = "muster runs\nmuster runs show 12",
    .files = "STATE/muster.db",
};
constexpr Manual kList{
    .summary = "lists the newest runs",
    .description =
        "A run without an end is still going on, or was killed; one that is \"stopped\" ended early by a "
        "signal.",
    .examples = "muster runs list\nmuster runs list --newest 100 --json",
};
constexpr Manual kShow{
    .summary = "shows what a run did on each host",
    .description =
        "One line for each host; the steps of those that failed, of all with --verbose, of one with --host. "
        "Without "
        "a number the newest run is shown.",
    .examples = "muster runs show\nmuster runs show 12 --host web1\nmuster runs show 12 --json",
};

std::string outcome(const RunRecord& run) {
  static constexpr const char* kWords[] = {"all well", "failed", "wrong usage", "partly"};
  if (run.ended == WallTime{}) return "unfinished";
  if (!run.stopped.empty() && run.exit_status != 0) return "stopped";
  const auto status = static_cast<std::size_t>(run.exit_status);
  return status < std::size(kWords) ? kWords[status] : "exit status " + std::to_string(run.exit_status);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

Tone tone_of(const std::string& state) {
  if (state == "failed") return Tone::bad;
  return state == "changed" ? Tone::warning : Tone::plain;
}

std::chrono::milliseconds took(const RunRecord& run) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(run.ended - run.started);
}

Json run_json(const RunRecord& run) {
  const bool ended = run.ended != WallTime{};
  return {{"run", run.id},
          {"command", run.command},
          {"inventory", run.inventory},
          {"started_by", run.started_by},
          {"started", iso8601(run.started)},
          {"ended", ended ? Json(iso8601(run.ended)) : Json(nullptr)},
          {"exit_status", ended ? Json(run.exit_status) : Json(nullptr)},
          {"status", outcome(run)},
          {"stopped", run.stopped.empty() ? Json(nullptr) : Json(run.stopped)}};
}

Json step_json(const StepRecord& step) {
  return {{"host", step.host}, {"step", step.step}, {"state", step.state},         {"code", step.code},
          {"text", step.text}, {"hint", step.hint}, {"took_ms", step.took.count()}};
}

void print_hosts(const std::vector<HostHistory>& hosts, bool interactive) {
  Table table({{"HOST"}, {"OUTCOME"}, {"TOOK", Align::right}, {"CHANGED"}});
  for (const auto& [host, outcome, steps] : hosts) {
    table.add({host, Cell(outcome.state(), tone_of(outcome.state())), took_text(outcome.took),
               joined(outcome.changed)});
  }
  print(table.render(terminal_for(interactive)));
}

// The table cuts its last column to the terminal: what must be read whole comes after it.
void print_details(const std::vector<HostHistory>& hosts) {
  std::string text;
  for (const auto& [host, outcome, steps] : hosts) {
    const auto& failure = outcome.failure;
    if (failure.state.empty()) {
      for (const auto& note : outcome.notes) text += host + ": " + terminal_safe(note) + "\n";
      continue;
    }
    text += host + " (" + failure.step + "): " + failure.code + ": " + terminal_safe(failure.text) + "\n";
    if (!failure.hint.empty()) text += "  hint: " + terminal_safe(failure.hint) + "\n";
  }
  if (!text.empty()) print("\n" + text);
}

enum class Steps { of_failed_hosts, all };

void print_steps(const std::vector<HostHistory>& hosts, Steps which, bool interactive) {
  Table table({{"HOST"}, {"STEP"}, {"STATE"}, {"TOOK", Align::right}, {"CODE"}, {"DETAIL"}});
  for (const auto& [host, outcome, steps] : hosts) {
    if (which == Steps::of_failed_hosts && outcome.failure.state.empty()) continue;
    for (const auto& step : steps) {
      table.add({step.host, step.step, Cell(step.state, tone_of(step.state)), took_text(step.took), step.code,
                 step.text});
    }
  }
  if (!table.empty()) print("\n" + table.render(terminal_for(interactive)));
}

// Hosts that a run was stopped before or in the middle of.
std::vector<std::string> unfinished(const std::vector<HostHistory>& hosts) {
  std::vector<std::string> names;
  for (const auto& [host, outcome, steps] : hosts) {
    if (outcome.failure.code == failure_class(FailureCode::interrupted).word) names.push_back(host);
  }
  return names;
}

Json document_of(const RunRecord& run, const std::vector<HostHistory>& hosts) {
  auto document = run_json(run);
  document["unfinished"] = unfinished(hosts);
  document["hosts"] = Json::array();
  document["steps"] = Json::array();
  for (const auto& [host, outcome, steps] : hosts) {
    document["hosts"].push_back({{"host", host},
                                 {"state", outcome.state()},
                                 {"took_ms", outcome.took.count()},
                                 {"changed", outcome.changed},
                                 {"notes", outcome.notes}});
    for (const auto& step : steps) document["steps"].push_back(step_json(step));
  }
  return document;
}

void print_run(const RunRecord& run, const std::vector<HostHistory>& hosts) {
  print("run " + std::to_string(run.id) + ": " + run.command + " by " + run.started_by + ", " +
        iso8601(run.started) + ", " + outcome(run) +
        (run.stopped.empty() ? "" : " (" + terminal_safe(run.stopped) + ")") + "\n");
  if (const auto names = unfinished(hosts); !names.empty()) print("not finished: " + joined(names) + "\n");
  print("\n");
}

// What is wrong with the number of a run; "" for nothing.
std::string refuse_number(std::string& text) {
  constexpr std::size_t kMostDigits = 18;
  const bool digits = text.size() <= kMostDigits && text.find_first_not_of("0123456789") == std::string::npos;
  const bool number = digits && text.find_first_not_of('0') != std::string::npos;
  return number ? std::string() : "\"" + text + "\" is no number of a run: muster runs list shows them";
}

class Runs : public Command {
 public:
  CLI::App* declare(CLI::App& root) override {
    auto* command = add_command(root, "runs", kManual);
    auto* list = add_command(*command, "list", kList);
    list->add_option("--newest", newest_, "how many")
        ->type_name("N")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    auto* show = add_command(*command, "show", kShow);
    show->add_option("run", run_, "its number in muster runs list")
        ->type_name("RUN")
        ->check(CLI::Validator(refuse_number, "", "number of a run"));
    show->add_option("--host", host_, "only this host, with all its steps")->type_name("HOST");
    show_ = show;
    command->require_subcommand(0, 1);
    return command;
  }

  Result<Exit> run(Environment& environment) override {
    auto store = Store::open(environment.state_folder);
    if (!store) return fail(store.error());
    return show_->parsed() ? show(*store, environment) : list(*store, environment);
  }

 private:
  Result<Exit> list(Store& store, const Environment& environment) const {
    const auto runs = store.runs(newest_);
    if (!runs) return fail(runs.error());
    if (environment.json) {
      Json all = Json::array();
      for (const auto& run : *runs) all.push_back(run_json(run));
      print_json({{"runs", all}});
      return Exit::ok;
    }
    Table table({{"RUN", Align::right},
                 {"COMMAND"},
                 {"STARTED"},
                 {"TOOK", Align::right},
                 {"OUTCOME"},
                 {"BY"},
                 {"INVENTORY"}});
    for (const auto& run : *runs) {
      table.add({std::to_string(run.id), run.command, iso8601(run.started),
                 run.ended == WallTime{} ? std::string("-") : took_text(took(run)), outcome(run),
                 run.started_by, run.inventory});
    }
    print(table.empty() ? "no runs yet\n" : table.render(terminal_for(environment.interactive)));
    return Exit::ok;
  }

  Result<RunRecord> find(Store& store) const {
    const auto runs = store.runs(run_ == 0 ? 1 : 1'000'000);
    if (!runs) return fail(runs.error());
    for (const auto& run : *runs) {
      if (run_ == 0 || run.id == run_) return run;
    }
    if (run_ == 0) return fail(Errc::not_found, "no runs yet", "muster provision makes the first");
    return fail(Errc::not_found, "run " + std::to_string(run_) + ": not recorded",
                "muster runs list shows them");
  }

  Result<Exit> show(Store& store, const Environment& environment) const {
    const auto run = find(store);
    if (!run) return fail(run.error());
    const auto steps = store.steps(run->id);
    if (!steps) return fail(steps.error());
    auto hosts = histories(*steps);
    if (!host_.empty()) {
      std::erase_if(hosts, [this](const HostHistory& one) { return one.host != host_; });
      if (hosts.empty()) {
        return fail(Errc::not_found, "run " + std::to_string(run->id) + ": no host " + host_ + " in it",
                    "muster runs show " + std::to_string(run->id));
      }
    }
    if (environment.json) {
      print_json(document_of(*run, hosts));
      return Exit::ok;
    }
    print_run(*run, hosts);
    const bool everything = environment.verbose || !host_.empty();
    print_hosts(hosts, environment.interactive);
    print_steps(hosts, everything ? Steps::all : Steps::of_failed_hosts, environment.interactive);
    print_details(hosts);
    return Exit::ok;
  }

  CLI::App* show_ = nullptr;
  std::size_t newest_ = 20;
  std::int64_t run_ = 0;
  std::string host_;
};

}  // namespace

std::unique_ptr<Command> make_runs() {
  return std::make_unique<Runs>();
}

}  // namespace muster
