// SPDX-License-Identifier: GPL-2.0-or-later
// What one of the three Execute methods asks to be run. Pure.
//
// Errors  malformed: with the parameter's name first.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/cim/invocation.h"

namespace muster::executor {

struct CommandPlan {
  std::vector<std::string> words;  // program and arguments; of a script the arguments alone
  std::string script;              // its text; empty: there is none
  bool sudo = false;
  std::chrono::seconds timeout{0};  // 0: none of its own
};

Result<CommandPlan> plan_of(const cim::Invocation& call);

// What execvp gets. `script_path` is where the script lies, if there is one. Root needs no sudo.
std::vector<std::string> words_to_run(const CommandPlan& plan, const std::string& script_path, bool is_root);

// Words as a shell would split them, with its quotes and backslashes and nothing else of it.
Result<std::vector<std::string>> split_words(std::string_view text);

}  // namespace muster::executor
