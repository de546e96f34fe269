// SPDX-License-Identifier: GPL-2.0-or-later
// From the words of a command line to the command that runs, and from its result to the exit status.
//
// Errors  usage errors exit 2; with --json every error is a document on standard output.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "orchestrator/cli/command.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
}

namespace muster {

// Makes the fork server for a command that needs_workers(); it stays the caller's.
using StartWorkers = std::function<Result<ForkServer*>()>;

class CommandLine {
 public:
  explicit CommandLine(std::vector<std::unique_ptr<Command>> commands);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;
  CommandLine(CommandLine&&) = delete;
  CommandLine& operator=(CommandLine&&) = delete;

  // `words` without the program's name. Returns the exit status; nothing is thrown.
  int run(const std::vector<std::string>& words, const StartWorkers& start_workers);

 private:
  struct Options {
    std::string state_folder;
    std::string settings_file;
    bool json = false;
    bool plain = false;
    bool verbose = false;
    bool version = false;
  };
  struct Entry {
    std::unique_ptr<Command> command;
    CLI::App* app;
  };

  int parse_and_run(const std::vector<std::string>& words, const StartWorkers& start_workers);
  Result<Exit> run_command(Command& command, const StartWorkers& start_workers);
  int usage_error(const Error& error) const;
  int failed(const Error& error) const;

  std::unique_ptr<CLI::App> root_;
  Options options_;
  std::vector<Entry> entries_;
};

}  // namespace muster
