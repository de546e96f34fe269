// SPDX-License-Identifier: GPL-2.0-or-later
// What became of a run: counts, failures grouped by cause with the remedy for each, host keys that were
// accepted.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/cli/command.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/provision/failure.h"

namespace muster {

struct HostFailure {
  std::string host;
  std::string step;
  std::string text;
  std::string hint = {};  // empty: that of the class
};

struct HostNote {
  std::string host;
  std::string text;
};

struct AcceptedKey {
  std::string host;
  std::string address;
  std::string key;  // "ssh-ed25519 SHA256:..."
};

struct Summary {
  std::int64_t run = 0;
  std::size_t hosts = 0;
  std::size_t settled = 0;  // all well, nothing to do
  std::size_t changed = 0;  // hosts on which something changed, all well
  std::size_t failed = 0;
  std::size_t unreachable = 0;
  std::size_t changes = 0;  // steps that changed something, on all hosts
  std::map<FailureCode, std::vector<HostFailure>> failures;
  std::vector<HostNote> notes;  // of hosts that are well
  std::vector<AcceptedKey> accepted;
  std::string keys_file;  // where accepted keys were written
  std::string stopped;    // why the run was ended early; empty: it was not
  std::chrono::milliseconds took{};

  Exit exit() const;
};

std::string summary_text(const Summary& summary);
Json summary_json(const Summary& summary);

}  // namespace muster
