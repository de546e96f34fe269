// SPDX-License-Identifier: GPL-2.0-or-later
// One of the monitor's two children: its process, and when it may be started again after a death.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "agent/sandbox/breach.h"
#include "core/base/error.h"

namespace muster::agent {

class Child {
 public:
  explicit Child(std::string name) : name_(std::move(name)) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child(Child&&) = delete;
  Child& operator=(Child&&) = delete;
  ~Child() { abandon(); }

  // Forks; `body` runs in the child with default signals and its result is the exit status.
  Result<void> start(const std::function<Result<void>()>& body);

  bool running() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }
  const std::string& name() const { return name_; }
  void signal(int number) const;
  // SIGKILL, without waiting: a process in an uninterruptible wait ends when it can. It is reaped later.
  void abandon();
  // Collects what was abandoned and has ended since; how many have not.
  std::size_t reap_abandoned();
  // The fork failed: the next try waits like after a death.
  void failed_to_start();

  // waitpid said that it ended with this status: logs why, and makes the next start wait the longer the
  // sooner it died.
  void ended(int status);
  void forget() { pid_ = -1; }  // it ended as it was told to
  std::chrono::steady_clock::time_point may_start_at() const { return may_start_at_; }

 private:
  [[noreturn]] void run(const std::function<Result<void>()>& body) const noexcept;
  void wait_longer();

  std::string name_;
  pid_t pid_ = -1;
  sandbox::LastCall last_call_;
  std::vector<pid_t> abandoned_;
  std::chrono::steady_clock::time_point started_{};
  std::chrono::steady_clock::time_point may_start_at_{};
  std::chrono::milliseconds pause_{0};
};

}  // namespace muster::agent
