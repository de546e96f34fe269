// SPDX-License-Identifier: GPL-2.0-or-later
// Logins with user and password. What PAM accepted a moment ago is accepted at once; a source that failed again and
// again is refused at once; everything else is PAM's to decide.
//
// Refusals  every answer "no" of PAM is held back until kRefusedAfter has passed since the question, whatever took how
//           long: it tells nobody whether the user exists, and no process sleeps meanwhile.
// Limits    of AuthQueue and LoginCache; kMostHeld refusals are held back, further ones are told at once.
// Threads   the monitor's one.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "agent/monitor/account_files.h"
#include "agent/monitor/auth_queue.h"
#include "agent/monitor/login_cache.h"
#include "core/http/penalties.h"

namespace muster::agent {

class Logins {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Verdict = std::function<void(std::uint64_t id, bool accepted, const std::string& user)>;
  static constexpr std::chrono::seconds kRefusedAfter{2};
  static constexpr std::size_t kMostHeld = 512;

  // What it takes from outside, so that tests can hold still.
  struct World {
    std::function<Time()> now = [] { return std::chrono::steady_clock::now(); };
    std::function<AccountStamp()> accounts = [] { return stamp_of(); };
  };

  Logins(auth::Policy policy, http::PenaltyRules penalties, Verdict verdict)
      : Logins(std::move(policy), std::move(penalties), std::move(verdict), World{}) {}
  Logins(auth::Policy policy, http::PenaltyRules penalties, Verdict verdict, World world);

  // The verdict comes later, or at once.
  void add(auth::Attempt attempt, std::uint64_t id);
  // Forgets everybody who waits, and every login: nobody is left to tell.
  void clear();
  // Drops the passwords of those in line, in a process that was forked for something else.
  void forget_waiting() { queue_.forget_waiting(); }
  // The rules of the attempts that come from now on.
  void follow(auth::Policy policy, http::PenaltyRules penalties);

  // As of AuthQueue.
  void append_descriptors(std::vector<pollfd>& wait) const { queue_.append_descriptors(wait); }
  void collect();
  int wait_milliseconds() const;

 private:
  struct Asked {
    tls::Mac login;
    std::string user;
    std::string source;
    AccountStamp accounts;
    Time at;
  };
  struct Held {
    Time until;
    std::uint64_t id;
    std::string user;
  };

  void notice_changed_accounts();
  void answered(std::uint64_t id, AuthQueue::Outcome outcome);
  void hold_back(std::uint64_t id, const Asked& asked);
  bool refused_at_once(const auth::Attempt& attempt, Time now);
  void report_penalties(Time now);

  auth::Policy policy_;
  Verdict verdict_;
  World world_;
  AccountStamp accounts_;
  LoginCache cache_;
  http::Penalties penalties_;
  std::map<std::uint64_t, Asked> asked_;
  std::deque<Held> held_;  // in the order in which they are due
  AuthQueue queue_;
};

}  // namespace muster::agent
