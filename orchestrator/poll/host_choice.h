// SPDX-License-Identifier: GPL-2.0-or-later
// Which of the registered hosts a command is about: HOST... and --limit PATTERN, both of them where both are given.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/store/store.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
}

namespace muster {

class HostChoice {
 public:
  void declare(CLI::App& command);

  bool given() const { return !names_.empty() || limit_ != "all"; }

  // In the order of HOST..., each once; without any in the order of the store. Empty: nothing_chosen() says why.
  // Errors: not_found, for a name or a part of the pattern that no registered host has.
  Result<std::vector<HostRecord>> select(const std::vector<HostRecord>& registered) const;

  // That the two have no host in common, or the pattern leaves none.
  Error nothing_chosen() const;

 private:
  std::vector<std::string> names_;
  std::string limit_ = "all";
};

// The record keeps them in one text.
std::vector<std::string> groups_of(const HostRecord& host);

}  // namespace muster
