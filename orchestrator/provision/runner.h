// SPDX-License-Identifier: GPL-2.0-or-later
// Many hosts, a few at a time: starts workers, signs, verifies, records, and ends in good order.
//
// Signals  SIGINT, SIGTERM and SIGHUP (a lost terminal; unless it is ignored): no further hosts; those at work
//          get ten seconds. A second signal leaves them at once.
// Limits   three workers that died by a signal not ours end the run: some host attacks them, or they are
//          broken. A worker that stays after its last word is killed.
#pragma once

#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "orchestrator/provision/host_run.h"
#include "orchestrator/provision/rollout.h"
#include "orchestrator/provision/script.h"
#include "orchestrator/provision/summary.h"
#include "orchestrator/ssh/fork_server.h"

namespace muster {

struct Package {
  Fd file;
  std::string path;
  std::uint64_t bytes = 0;
  std::string sha256;
};

struct RunOrder {
  Journey journey = Journey::provision;
  std::vector<HostWork> hosts;
  unsigned forks = 20;
  RolloutRules rollout;
  bool pause = false;                           // between waves, until somebody at the terminal goes on
  std::chrono::milliseconds pause_for{0};       // ... or so long
  std::chrono::milliseconds deadline{300'000};  // per host
  Package package;                              // for provision
  HostKeyRules host_keys;                       // `pinned` comes from each host
  std::string new_keys_file;                    // where accepted keys are kept
  std::vector<LoginKey> default_keys;
  std::string agent_socket;
  Secret passphrase;
  Secret sudo_password;
  std::string inventory;
};

class Runner {
 public:
  Runner(ForkServer& workers, ServerSide& server, RunOrder order, Report& report);
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  Runner(Runner&&) = delete;
  Runner& operator=(Runner&&) = delete;
  ~Runner() = default;

  // Errors: the run could not be recorded; hosts that fail are in the summary.
  Result<Summary> run();

 private:
  Result<void> begin();
  void start_hosts();
  void start_wave(std::vector<StepRecord>& left_out);
  void tell_wave(bool paused);
  void pause();
  void heard_from_terminal();
  void go_on();
  void mind_budget();
  tl::expected<void, Failure> start_host(HostWork work);
  tl::expected<Job, Failure> job_for(const HostWork& work) const;
  ScriptValues values_for(const HostWork& work) const;
  void host_done(HostRun& host);
  void hear_workers();
  void lose_workers();
  void let_leave(Worker worker);
  void stop_soon(const std::string& why);
  void stop_now();
  Result<void> keep_key(const HostWork& work, const told::HostKey& key);
  void count(const HostRun& host);
  StepRecord not_started(const HostWork& work, const Failure& failure);

  ForkServer& workers_;
  ServerSide& server_;
  RunOrder order_;
  Report& report_;
  std::vector<std::unique_ptr<Step>> steps_;
  RunShared shared_;
  Summary summary_;
  std::list<std::shared_ptr<HostRun>> hosts_;  // at work or being verified
  std::size_t next_ = 0;
  Rollout rollout_;
  bool pausing_ = false;
  std::unique_ptr<http::Subscription> pause_;
  unsigned at_work_ = 0;  // workers
  unsigned crashes_ = 0;
  struct Leaving {
    Worker worker;
    std::unique_ptr<http::Subscription> kill;
  };
  std::map<std::uint64_t, Leaving> leaving_;
  std::unique_ptr<http::Subscription> workers_watch_;
  std::unique_ptr<http::Subscription> grace_;
};

}  // namespace muster
