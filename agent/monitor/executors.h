// SPDX-License-Identifier: GPL-2.0-or-later
// The executors at work (agent/executor/executor.h): checks who asks, starts them, writes the audit log before and
// after, and ends what is left of each, whoever it has become meanwhile.
//
// Limits   kMost at a time, kMostOfOne for one caller; one more is refused. kLongest from the start, whatever the
//          front said.
// Threads  the monitor's one.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>
#include <sys/types.h>

#include "agent/audit/log.h"
#include "agent/config.h"
#include "agent/executor/action.h"
#include "agent/ipc/run_order.h"
#include "agent/monitor/tickets.h"
#include "core/base/fd.h"

namespace muster::agent {

class Executors {
 public:
  static constexpr std::size_t kMost = 16;
  static constexpr std::size_t kMostOfOne = 8;
  static constexpr std::chrono::seconds kLongest{75};
  static constexpr std::size_t kMostRefusals = 50;  // that are written down within a second

  struct Events {
    std::function<void(std::uint64_t id, std::string_view code, const std::string& why)> refused;
    std::function<void(std::uint64_t id, Fd front)> granted;
    std::function<void()> in_child;  // forgets what an executor must not have in its memory
  };

  Executors(const Config& config, const Tickets& tickets, Events events);
  ~Executors() { clear(); }
  Executors(const Executors&) = delete;
  Executors& operator=(const Executors&) = delete;
  Executors(Executors&&) = delete;
  Executors& operator=(Executors&&) = delete;

  // Exactly one of the events follows, now or later.
  void add(ipc::RunOrder order, std::uint64_t id);
  // Ends them all: nobody is left to answer to.
  void clear();

  void append_descriptors(std::vector<pollfd>& wait) const;
  // After poll(2).
  void collect();
  int wait_milliseconds() const;  // until the next one is overdue; -1 when none runs

 private:
  using Clock = std::chrono::steady_clock;
  struct Running {
    pid_t pid = -1;
    std::uint64_t id = 0;
    ipc::RunOrder order;
    std::string account;  // empty while it looks up who asks
    std::string outcome;  // in its own words
    Fd control;
    Fd front;  // the other end, until it is handed over
    Clock::time_point overdue;
  };

  Result<const executor::Action*> check(const ipc::RunOrder& order) const;
  std::size_t count_of(const ipc::Caller& caller) const;
  Result<void> start(const executor::Action& action, ipc::RunOrder order, std::uint64_t id);
  void refuse(const ipc::RunOrder& order, std::uint64_t id, std::string_view code, const std::string& why);
  bool is_flood();
  bool listen(Running& running);  // false: it is over
  bool grant(Running& running, std::string account);
  void finish(Running& running);
  Result<void> note(const ipc::RunOrder& order, std::uint64_t id, audit::Fields more);
  void reap();

  const Config& config_;
  const Tickets& tickets_;
  Events events_;
  audit::Log audit_;
  std::vector<Running> running_;
  Clock::time_point refusals_since_{};
  std::size_t refusals_ = 0;
  std::size_t unnoted_ = 0;
  std::vector<pid_t> ended_;  // killed, to be reaped as soon as they can be
};

}  // namespace muster::agent
