// SPDX-License-Identifier: GPL-2.0-or-later
// One step of setting up, restarting or removing an agent. A step is one file, orchestrator/steps/<stem>.cc,
// that defines make_<stem>(); the build lists the folder.
//
// A step on a host is a fragment of POSIX sh; all fragments of one place run as one script over one channel,
// because every further channel costs a turn. A step on the management server is a function. Each step looks
// first and changes only what is not as it should be: a second run changes nothing.
//
// Threads  everything here runs in the loop's thread of the management server; scripts are text until they
// are sent.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "orchestrator/provision/failure.h"

namespace muster {

struct HostWork;    // one host in one run: orchestrator/provision/host_work.h
struct ServerSide;  // what the management server offers to steps: the same file

enum class Journey { provision, restart, uninstall };

enum class Place {
  login_user,         // the probe: prints `fact key=value`
  upload,             // receives the package as the login user
  root,               // fragment of the root script; may `ask` the management server
  management_server,  // apply(); with a script(), the root script waits for its outcome
};

enum class StepState { ok, changed, failed, skipped };
std::string_view to_string(StepState state);

class Step {
 public:
  virtual ~Step() = default;

  virtual std::string_view name() const = 0;
  virtual Place place() const = 0;
  virtual std::vector<Journey> journeys() const { return {Journey::provision}; }
  // Names of steps that come first, where they take part in the same journey.
  virtual std::vector<std::string_view> after() const { return {}; }

  // The body of a shell function. It ends with `ok`, `changed` or `stop E-CODE text`; `ask NAME FILE` sends a
  // file's lines and leaves the answer in "$work/answer". See orchestrator/provision/script.h for what it
  // may use. Of a step on the management server: a fragment of the root script, which may `ask` this step to
  // be done now; the answer is "well" or "failed", and what it does about that is told by facts.
  virtual std::string_view script() const { return {}; }

  // The answer to what this step's script asked. An error ends the host's run as `failure_code()`.
  virtual Result<std::string> answer(const std::string& question, HostWork& host, ServerSide& server) const;
  virtual FailureCode failure_code() const { return FailureCode::script; }

  // For Place::management_server. `done` is called once, now or later.
  struct Outcome {
    StepState state = StepState::ok;
    Failure failure;  // when failed
  };
  using Done = std::function<void(Outcome)>;
  virtual void apply(HostWork& host, ServerSide& server, Done done) const;
};

// The steps of a journey in the order in which they run. An order that cannot be is a bug: it ends the
// program.
std::vector<std::unique_ptr<Step>> plan_steps(std::vector<std::unique_ptr<Step>> all, Journey journey);

}  // namespace muster
