// SPDX-License-Identifier: GPL-2.0-or-later
// The command line of muster-agent. Each command adds itself to the root and says what it does when chosen.
//
// Exit status  0 all well, 1 failed, 2 usage, 3 (status) the agent does not run.
#pragma once

#include <functional>
#include <string>

#include "core/base/error.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
}

namespace muster::agent {

struct Options {
  std::string config;      // --config
  std::string tls_folder;  // --tls-folder; empty: as configured
  bool json = false;
};

// What a chosen command does: its exit status, or the error that main prints.
using Action = std::function<Result<int>()>;

void add_serve(CLI::App& root, const Options& options, Action& chosen);
void add_cert(CLI::App& root, Options& options, Action& chosen);
void add_status(CLI::App& root, const Options& options, Action& chosen);
void add_audit(CLI::App& root, const Options& options, Action& chosen);

int run_command_line(int count, char** words);

// The folder of key and certificates, by option or configuration.
Result<std::string> tls_folder(const Options& options);

}  // namespace muster::agent
