// SPDX-License-Identifier: GPL-2.0-or-later
// One command of the `muster` command line. A command is one file, orchestrator/commands/<stem>.cc, that
// defines make_<stem>(); the build lists the folder.
//
// Errors  run() returns the exit status (0 all well, 1 failed, 2 usage, 3 partly) or an error, which main
//         prints as "muster: WHAT" and "  hint: HINT" and turns into exit status 1.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "orchestrator/cli/settings.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
}

namespace muster {

class ForkServer;

enum class Exit : int { ok = 0, failed = 1, usage = 2, partly = 3 };

// What every command is given.
struct Environment {
  std::string state_folder;       // --state, MUSTER_STATE, /etc/muster/muster.toml, or /var/lib/muster
  bool json = false;              // --json: one JSON document (or one event per line for long work) on stdout
  bool interactive = false;       // stdout is a terminal and neither --json nor --plain was given
  bool verbose = false;           // -v: commands that report progress tell every step
  Settings settings;              // of the configuration file
  ForkServer* workers = nullptr;  // set for commands that need_workers()
};

// Says what was wrong with the words of the command line, as a document with --json.
Exit wrong_usage(const Environment& environment, const Error& error);

class Command {
 public:
  virtual ~Command() = default;
  // Adds this command (and its options) below the root; CLI11 fills the members that options are bound to.
  // Returns the subcommand whose being chosen means run().
  virtual CLI::App* declare(CLI::App& root) = 0;
  // True for commands that open SSH sessions: main forks the fork server right after parsing the command
  // line, before configuration, database or any key is read.
  virtual bool needs_workers() const { return false; }
  virtual Result<Exit> run(Environment& environment) = 0;
};

}  // namespace muster
