// SPDX-License-Identifier: GPL-2.0-or-later
// Logins waiting for PAM: a few run at a time, some wait, the rest are turned away at once. A flood of wrong
// passwords thus costs a bounded number of processes and never blocks the monitor.
//
// Fairness no source has more than kShare places or kRunningShare children. In a full line the source with the most
//          places gives one up to whoever has fewer; whoever has fewest running is next.
// Limits   kRunning children (one password check is 12 ms of CPU with Debian's default hash), kWaiting in
//          line. An attempt is killed after auth::kDeadline.
// Threads  the monitor's one.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <poll.h>

#include "agent/auth/pam_child.h"

namespace muster::agent {

class AuthQueue {
 public:
  static constexpr std::size_t kRunning = 4;
  static constexpr std::size_t kWaiting = 64;
  static constexpr std::size_t kShare = 8;
  static constexpr std::size_t kRunningShare = 2;
  enum class Outcome {
    accepted,
    refused,
    unanswered,  // turned away, or PAM has not said either
  };
  using Verdict = std::function<void(std::uint64_t id, Outcome outcome)>;

  AuthQueue(auth::Policy policy, Verdict verdict)
      : policy_(std::move(policy)), verdict_(std::move(verdict)) {}

  // The verdict comes later, or at once when there is no place.
  void add(auth::Attempt attempt, std::uint64_t id);
  // Drops the passwords of those in line, in a process that was forked for something else.
  void forget_waiting() { waiting_.clear(); }
  // Forgets everybody, kills what runs: nobody is left to tell.
  void clear();

  void append_descriptors(std::vector<pollfd>& wait) const;
  // After poll(2): verdicts of children that have answered or are late.
  void collect();
  int wait_milliseconds() const;  // until the next child is late; -1 when none runs
  // Of the attempts that start from now on.
  void follow(auth::Policy policy) { policy_ = std::move(policy); }

 private:
  struct Waiting {
    auth::Attempt attempt;
    std::uint64_t id;
  };
  struct Running {
    auth::PamChild child;
    std::string source;
  };
  using Line = std::deque<Waiting>;

  Outcome finish(auth::PamChild& child);
  void reap();
  bool room() const { return running_.size() + ended_.size() < kRunning; }
  std::size_t running_of(const std::string& source) const;
  std::size_t places_of(const std::string& source) const;
  bool make_place_for(const std::string& source);
  void turn_away(const Waiting& who);
  Line::iterator next();
  void start(auth::Attempt attempt, std::uint64_t id);

  auth::Policy policy_;
  Verdict verdict_;
  std::vector<Running> running_;
  Line waiting_;
  std::vector<pid_t> ended_;       // killed, to be reaped as soon as they can be
  std::uint64_t turned_away_ = 0;  // since somebody last waited
};

}  // namespace muster::agent
