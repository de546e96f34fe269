// SPDX-License-Identifier: GPL-2.0-or-later
// ExecuteCommand, ExecuteShellCommand and ExecuteScript.
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include <unistd.h>

#include "agent/executor/action.h"
#include "agent/executor/command.h"
#include "agent/executor/command_plan.h"
#include "core/base/fd.h"
#include "core/base/replace_file.h"
#include "core/cim/instance.h"

namespace muster::executor {
namespace {

constexpr std::int64_t kTimeOver = -1;  // as ReturnCode

// A script on disk for as long as it runs. The folder is the account's alone, so the name needs no luck.
class ScriptFile {
 public:
  ScriptFile() = default;
  ScriptFile(const ScriptFile&) = delete;
  ScriptFile& operator=(const ScriptFile&) = delete;
  ScriptFile(ScriptFile&&) = delete;
  ScriptFile& operator=(ScriptFile&&) = delete;
  ~ScriptFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  Result<void> write(const std::string& folder, const std::string& text) {
    remove_leftovers(folder, std::chrono::system_clock::now());
    path_ = temporary_name(folder + "/script");  // so that one which a kill leaves behind is found
    return write_file_atomically(path_, text, 0700);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void say(Ending& ending, const std::string& what) {
  if (!ending.err.empty() && !ending.err.ends_with('\n')) ending.err.push_back('\n');
  ending.err.append("muster-agent: ").append(what).append("\n");
}

Outcome outcome_of(const Ending& ending) {
  const std::int64_t code = ending.code.value_or(kTimeOver);
  const std::string digits = std::to_string(code);
  Outcome outcome;
  outcome.words = ending.code ? "ended with " + digits : "was ended when its time was over";
  outcome.answer = {{std::string(cim::kReturnValue), {cim::scalar_text(code == 0)}},
                    {"ReturnCode", {digits}},
                    {"StdOut", {ending.out}},
                    {"StdErr", {ending.err}}};
  return outcome;
}

}  // namespace

Result<Outcome> execute(const cim::Invocation& call, const Surroundings& surroundings) {
  const auto plan = plan_of(call);
  if (!plan) return fail(plan.error());
  ScriptFile script;
  if (!plan->script.empty()) {
    if (auto written = script.write(surroundings.folder, plan->script); !written) {
      return fail(written.error());
    }
  }
  // Beyond the operation's own deadline nobody would hear of it.
  auto deadline = surroundings.deadline;
  if (plan->timeout.count() > 0) {
    deadline = std::min(deadline, std::chrono::steady_clock::now() + plan->timeout);
  }
  auto ending =
      run_command(words_to_run(*plan, script.path(), ::geteuid() == 0), deadline, surroundings.caller);
  if (!ending) return fail(ending.error());
  if (ending->cut) say(*ending, "output cut after " + std::to_string(kMaxOutput) + " octets");
  if (!ending->code) say(*ending, "ended after " + std::to_string(plan->timeout.count()) + " s");
  return outcome_of(*ending);
}

}  // namespace muster::executor
