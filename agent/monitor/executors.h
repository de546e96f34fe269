// SPDX-License-Identifier: GPL-2.0-or-later
// The executors at work (agent/executor/executor.h): checks who asks, starts them, writes the audit log before and
// after, and ends what is left of each, whoever it has become meanwhile.
//
// A watch of a log file goes on until the front does not want it any more. Its caller brings a proof the first time;
// when the watch has to be begun again, the monitor's own memory of that counts (watch_permits.h).
//
// Limits   kMost methods at a time, kMostOfOne for one caller; kMostWatches and kMostWatchesOfOne; one more is refused.
//          A method has kLongest from the start, whatever the front said; a watch as much until it is granted.
// Threads  the monitor's one.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/types.h>

#include "agent/audit/log.h"
#include "agent/config.h"
#include "agent/executor/action.h"
#include "agent/ipc/run_order.h"
#include "agent/ipc/watch_order.h"
#include "agent/monitor/tickets.h"
#include "agent/monitor/watch_permits.h"
#include "core/base/fd.h"

namespace muster::agent {

class Executors {
 public:
  static constexpr std::size_t kMost = 16;
  static constexpr std::size_t kMostOfOne = 8;
  static constexpr std::size_t kMostWatches = 16;
  static constexpr std::size_t kMostWatchesOfOne = 8;
  static constexpr std::size_t kMostStuck =
      8;  // watchers that not even SIGKILL ends; with more, no new ones begin
  static constexpr std::chrono::seconds kLongest{75};
  static constexpr std::chrono::seconds kLeave{2};  // for a watch that is not wanted to say what it has done
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
  void add_watch(ipc::RunOrder order, std::uint64_t id);
  // It has ended for good: its process goes, and with it the right to begin it again.
  void unwatch(const std::string& name);
  // Its caller wants it for longer, and is here to prove it.
  void vouch(const std::string& name, const ipc::Caller& caller);
  // Grants or accounts have changed: every watch has to be begun again.
  void look_again_who_may_watch();
  // Ends them all: nobody is left to answer to.
  void clear();

  void append_descriptors(std::vector<pollfd>& wait) const;
  // After poll(2).
  void collect();
  int wait_milliseconds() const;  // until the next one is overdue; -1 when none runs

 private:
  using Clock = std::chrono::steady_clock;
  using WallClock = std::chrono::system_clock;
  enum class Kind : std::uint8_t { method, watch };
  enum class Admission : std::uint8_t { now, earlier };
  struct Standing {
    ipc::WatchOrder watch;
    Admission admission;
  };
  struct Ordered {
    std::uint64_t id = 0;
    ipc::RunOrder order;
    std::optional<Standing> standing;  // of a watch
  };
  struct Running : Ordered {
    explicit Running(Ordered ordered) : Ordered(std::move(ordered)) {}
    Kind kind() const { return standing ? Kind::watch : Kind::method; }

    pid_t pid = -1;
    std::string account;  // empty while it looks up who asks
    std::string outcome;  // in its own words
    Fd control;
    Fd front;  // the other end, until it is handed over
    Clock::time_point overdue;
  };

  Result<void> check_caller(const ipc::Caller& caller, Role needs) const;
  Result<void> check_grants(const ipc::Caller& caller, Role needs) const;
  std::size_t count(Kind kind, const ipc::Caller* of = nullptr) const;
  std::size_t count_ended(Kind kind) const;
  void begin(const executor::Action& action, Ordered ordered);
  Result<void> start(const executor::Action& action, Ordered ordered);
  void refuse(const ipc::RunOrder& order, std::uint64_t id, std::string_view code, const std::string& why);
  bool is_flood();
  bool listen(Running& running);  // false: it is over
  bool grant(Running& running, std::string account);
  Result<void> permit(const Running& running);
  void replace(const std::string& name, const ipc::Caller& caller);
  void finish(Running& running);
  Result<void> note(const ipc::RunOrder& order, std::uint64_t id, audit::Fields more);
  void reap();

  const Config& config_;
  const Tickets& tickets_;
  Events events_;
  audit::Log audit_;
  WatchPermits permits_;
  std::vector<Running> running_;
  Clock::time_point refusals_since_{};
  std::size_t refusals_ = 0;
  std::size_t unnoted_ = 0;
  struct Ended {
    pid_t pid;
    Kind kind;
  };
  std::vector<Ended> ended_;  // killed, to be reaped as soon as they can be
};

}  // namespace muster::agent
