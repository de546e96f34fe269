// SPDX-License-Identifier: GPL-2.0-or-later
// One of the monitor's two children: its process, and when it may be started again after a death.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include <sys/types.h>

#include "core/base/error.h"

namespace muster::agent {

class Child {
 public:
  explicit Child(std::string name) : name_(std::move(name)) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { kill_and_reap(); }

  // Forks; `body` runs in the child with default signals and its result is the exit status.
  Result<void> start(const std::function<Result<void>()>& body);

  bool running() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }
  void signal(int number) const;
  void kill_and_reap();

  // waitpid said that it ended with this status: logs why, and makes the next start wait the longer the
  // sooner it died.
  void ended(int status);
  void forget() { pid_ = -1; }  // it ended as it was told to
  std::chrono::steady_clock::time_point may_start_at() const { return may_start_at_; }

 private:
  std::string name_;
  pid_t pid_ = -1;
  std::chrono::steady_clock::time_point started_{};
  std::chrono::steady_clock::time_point may_start_at_{};
  std::chrono::milliseconds pause_{0};
};

}  // namespace muster::agent
