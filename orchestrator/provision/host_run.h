// SPDX-License-Identifier: GPL-2.0-or-later
// One host of a run, on the management server: its worker while it lives, then the steps that are done here.
//
// Threads  the loop's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/provision/host_work.h"
#include "orchestrator/provision/report.h"
#include "orchestrator/ssh/fork_server.h"
#include "orchestrator/ssh/job.h"
#include "orchestrator/ssh/message.h"
#include "orchestrator/steps/step.h"

namespace muster {

// What the hosts of one run share. Every reference outlives it.
struct RunShared {
  ServerSide& server;
  Report& report;
  const std::vector<std::unique_ptr<Step>>& steps;
  std::int64_t run = 0;
  // A host key that was not known before; an error ends the visit before anything is sent to that host: the
  // worker waits until it is told that the key is recorded.
  std::function<Result<void>(const HostWork&, const told::HostKey&)> new_key;
  // Takes a worker that has said its last word and is about to end.
  std::function<void(Worker)> leaving;
};

class HostRun : public std::enable_shared_from_this<HostRun> {
 public:
  HostRun(RunShared& shared, HostWork work);
  HostRun(const HostRun&) = delete;
  HostRun& operator=(const HostRun&) = delete;
  HostRun(HostRun&&) = delete;
  HostRun& operator=(HostRun&&) = delete;
  ~HostRun() = default;

  // `worker_done` once the worker is no longer needed, `done` at the end; both from the loop, not from
  // inside.
  void start(Worker worker, const Job& job, int package, std::function<void()> worker_done,
             std::function<void()> done);
  // Ends the host now, by our will.
  void stop(const Failure& failure);
  // The fork server says that the worker has ended.
  void worker_ended(const WorkerExit& how);

  std::uint64_t worker_id() const { return worker_.id; }
  const HostWork& work() const { return work_; }
  bool finished() const { return finished_; }
  bool has_worker() const { return static_cast<bool>(worker_.socket); }
  std::size_t changes() const { return changed_.size(); }  // that remain on the host
  const std::optional<Failure>& failure() const { return failure_; }
  const std::string& failed_step() const { return failed_step_; }
  // Of a host that is well: what is worth saying, by step.
  const std::map<std::string, std::string>& notes() const { return work_.notes; }
  bool killed_by_us() const { return killed_; }

 private:
  void hear();
  void take(const Told& told);
  void take_key(const told::HostKey& key);
  void answer(const told::Question& question);
  void prove(const Step& step);
  void proved(const std::string& step, const Step::Outcome& outcome);
  void reply(const std::string& text);
  void went_back();
  void broke_while_going_back(const Failure& failure);
  void worker_finished();
  void next_server_step();
  void begin(const std::string& step);
  void end(const std::string& step, StepState state, const Failure* failure);
  void fail_host(const std::string& step, const Failure& failure);
  void finish();
  void let_worker_go();
  bool workers_step(const std::string& step) const;

  RunShared& shared_;
  HostWork work_;
  Worker worker_;
  FrameReader reader_;
  std::unique_ptr<http::Subscription> listening_;
  std::unique_ptr<http::Subscription> deadline_;
  std::function<void()> worker_done_;
  std::function<void()> done_;
  std::map<std::string, std::chrono::steady_clock::time_point> begun_;
  std::set<std::string> ended_;
  std::set<std::string> answered_;
  std::string step_ = "connect";
  std::size_t next_step_ = 0;
  std::set<std::string> changed_;
  std::set<std::string> proved_;  // steps of the management server that the worker asked for
  bool proving_ = false;
  std::optional<Failure> unproved_;  // told once the host has gone back
  std::string unproved_step_;
  bool done_told_ = false;
  bool killed_ = false;
  bool finished_ = false;
  std::optional<Failure> failure_;
  std::string failed_step_;
};

}  // namespace muster
