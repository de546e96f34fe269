// SPDX-License-Identifier: GPL-2.0-or-later
// Logins waiting for PAM: a few run at a time, some wait, the rest are refused at once. A flood of wrong
// passwords thus costs a bounded number of processes and never blocks the monitor.
//
// Limits   kRunning children (one password check is 12 ms of CPU with Debian's default hash), kWaiting in
//          line. An attempt is killed after auth::kDeadline.
// Threads  the monitor's one.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include <poll.h>

#include "agent/auth/pam_child.h"

namespace muster::agent {

class AuthQueue {
 public:
  static constexpr std::size_t kRunning = 4;
  static constexpr std::size_t kWaiting = 16;
  using Verdict = std::function<void(std::uint64_t id, bool accepted, const std::string& user)>;

  AuthQueue(auth::Policy policy, Verdict verdict)
      : policy_(std::move(policy)), verdict_(std::move(verdict)) {}

  // The verdict comes later, or at once when the line is full.
  void add(auth::Attempt attempt, std::uint64_t id);
  // Drops the passwords of those in line, in a process that was forked for something else.
  void forget_waiting() { waiting_.clear(); }
  // Forgets everybody, kills what runs: nobody is left to tell.
  void clear();

  void append_descriptors(std::vector<pollfd>& wait) const;
  // After poll(2): verdicts of children that have answered or are late.
  void collect();
  int wait_milliseconds() const;  // until the next child is late; -1 when none runs

 private:
  bool finish(auth::PamChild& child);
  void reap();

  struct Waiting {
    auth::Attempt attempt;
    std::uint64_t id;
  };
  void start(auth::Attempt attempt, std::uint64_t id);

  auth::Policy policy_;
  Verdict verdict_;
  std::vector<auth::PamChild> running_;
  std::deque<Waiting> waiting_;
  std::vector<pid_t> ended_;  // killed, to be reaped as soon as they can be
};

}  // namespace muster::agent
