// SPDX-License-Identifier: GPL-2.0-or-later
// What provision, restart and uninstall have in common: options, selection, credentials, the run itself.
#pragma once

#include <optional>
#include <string>

#include "core/base/error.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/steps/step.h"

namespace muster {

struct JourneyOptions {
  std::string inventory;
  std::optional<std::string> limit;  // nothing: all
  unsigned forks = 0;                // 0: the configuration's
  std::string package;
  bool accept_new = false;
  std::string known_hosts;
  bool ask_password = false;
  std::string password_file;
  int password_descriptor = -1;
  std::string passphrase_file;
  std::string user;
  unsigned agent_port = 0;  // 0: the configuration's
  unsigned timeout_seconds = 300;
  struct Waves {
    std::string batch;     // "5", "10%"; empty: no batches
    std::string max_fail;  // the same; empty: no limit
    unsigned canary = 0;
    unsigned pause_seconds = 0;
    bool pause = false;
  } waves;
  bool yes = false;  // no question before the agents are removed

  // Options that every journey takes; provision and uninstall add their own.
  void declare(CLI::App& command);
  void declare_package(CLI::App& command);
  void declare_yes(CLI::App& command);
};

Result<Exit> run_journey(Environment& environment, Journey journey, const JourneyOptions& options);

}  // namespace muster
