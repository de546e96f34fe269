// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/command_line.h"

#include <algorithm>
#include <exception>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "core/base/log.h"
#include "core/base/version.gen.h"
#include "orchestrator/cli/help.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/terminal.h"
#include "orchestrator/cli/usage.h"

namespace muster {
namespace {

constexpr char kDescription[] =
    "manages and monitors UNIX/Linux hosts with WS-Management\n"
    "Installs the agent on hosts over SSH, signs their certificates, polls them and keeps their health.";

constexpr char kFooter[] =
    "EXAMPLES\n"
    "  muster init                          make the state folder and the certificate authority\n"
    "  muster inventory check hosts.ini     say what is wrong with an inventory\n"
    "  muster provision -i hosts.ini        install the agent everywhere\n"
    "  muster poll                          look at every host now\n"
    "  muster serve                         poll on schedule\n"
    "\n"
    "EXIT STATUS\n"
    "  0  all well\n"
    "  1  failed\n"
    "  2  wrong usage or configuration\n"
    "  3  partly: some hosts failed\n"
    "\n"
    "FILES\n"
    "  /etc/muster/muster.toml   configuration; may be absent\n"
    "  /var/lib/muster           state: certificate authority, database, known hosts\n";

}  // namespace

CommandLine::CommandLine(std::vector<std::unique_ptr<Command>> commands)
    : root_(std::make_unique<CLI::App>(kDescription, "muster")) {
  root_->formatter(manual_formatter());
  root_->footer(kFooter);
  root_->set_help_flag("-h,--help", "shows this and exits");
  root_->add_option("--state", options_.state_folder, "state folder instead of the configured one")
      ->type_name("DIR")
      ->envname("MUSTER_STATE");
  root_
      ->add_option("--config", options_.settings_file,
                   "configuration file instead of /etc/muster/muster.toml")
      ->type_name("FILE")
      ->envname("MUSTER_CONFIG");
  root_->add_flag("--json", options_.json, "prints JSON on standard output, errors too; --help stays text");
  root_->add_flag("--plain", options_.plain, "prints without colours, cutting or redrawing, as to a file");
  root_->add_flag("-v,--verbose", options_.verbose,
                  "tells more: every step, and more of the log on standard error");
  root_->add_flag("--version", options_.version, "shows the version and exits");
  root_->require_subcommand(0, 1);
  root_->fallthrough();
  for (auto& command : commands) {
    auto* app = command->declare(*root_);
    entries_.push_back({std::move(command), app});
  }
}

CommandLine::~CommandLine() = default;

int CommandLine::run(const std::vector<std::string>& words, const StartWorkers& start_workers) {
  options_.json = std::find(words.begin(), words.end(), "--json") != words.end();  // parsing itself may fail
  int status = static_cast<int>(Exit::failed);
  try {
    status = parse_and_run(words, start_workers);
  } catch (const std::exception& error) {
    status = failed({Errc::internal, error.what(), "this is a bug in muster: please report it"});
  }
  if (const auto written = finish_output(); !written) {
    print_error(written.error());
    return static_cast<int>(Exit::failed);
  }
  return status;
}

int CommandLine::parse_and_run(const std::vector<std::string>& words, const StartWorkers& start_workers) {
  if (const auto wrong = find_misuse(*root_, words)) return usage_error(*wrong);
  try {
    root_->parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    print(root_->help());
    return static_cast<int>(Exit::ok);
  } catch (const CLI::ParseError& error) {
    return usage_error(misuse_of(*root_, error));
  }
  if (options_.version) {
    if (options_.json) {
      print_json({{"program", "muster"}, {"version", kVersion}});
    } else {
      print(std::string("muster ") + kVersion + "\n");
    }
    return static_cast<int>(Exit::ok);
  }
  const auto chosen =
      std::find_if(entries_.begin(), entries_.end(), [](const Entry& e) { return e.app->parsed(); });
  if (chosen == entries_.end()) {
    return usage_error({Errc::malformed, "which command?", "muster --help lists them"});
  }
  const auto result = run_command(*chosen->command, start_workers);
  return result ? static_cast<int>(*result) : failed(result.error());
}

Result<Exit> CommandLine::run_command(Command& command, const StartWorkers& start_workers) {
  Environment environment;
  if (command.needs_workers()) {
    auto workers = start_workers();
    if (!workers) return fail(workers.error());
    environment.workers = *workers;
  }
  if (options_.verbose) log::threshold(log::Level::debug);
  const bool named = !options_.settings_file.empty();
  auto settings = load_settings(named ? options_.settings_file : kSettingsFile,
                                named ? Presence::required : Presence::optional);
  environment.json = options_.json;
  if (!settings) return wrong_usage(environment, settings.error());
  environment.settings = std::move(*settings);
  environment.state_folder =
      options_.state_folder.empty() ? environment.settings.state : options_.state_folder;
  environment.verbose = options_.verbose;
  environment.interactive = !options_.json && !options_.plain && stdout_is_terminal();
  return command.run(environment);
}

int CommandLine::usage_error(const Error& error) const {
  print_usage_error(error, options_.json);
  return static_cast<int>(Exit::usage);
}

int CommandLine::failed(const Error& error) const {
  if (options_.json) {
    print_json(error_json(error));
  } else {
    print_error(error);
  }
  return static_cast<int>(Exit::failed);
}

}  // namespace muster
