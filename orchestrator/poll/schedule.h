// SPDX-License-Identifier: GPL-2.0-or-later
// When each host's turn is: once an interval, at a phase that depends on its name alone, so that the fleet is
// spread evenly, a restart changes nothing and adding a host moves no other.
//
// Slots lie at fixed times (phase + n * interval): lateness never adds up. A slot that is later than `grace`
// is missed, not made up for: after a pause the hosts come at their next slots, spread, not all at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace muster {

class Schedule {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::milliseconds;

  explicit Schedule(Duration interval);

  // The first slot is the next one of its phase. Adding again changes nothing.
  void add(const std::string& host, Time now);
  void remove(const std::string& host);

  struct Due {
    std::string host;
    Time at;
  };
  // Whose turn it is, earliest first; each then waits for its next slot.
  std::vector<Due> take_due(Time now);

  std::optional<Time> next() const;
  std::uint64_t missed() const { return missed_; }
  Duration grace() const { return grace_; }

 private:
  Time slot_after(const std::string& host, Time now) const;
  void place(const std::string& host, Time slot);

  Duration interval_;
  Duration grace_;
  std::set<std::pair<Time, std::string>> queue_;
  std::map<std::string, Time> slots_;
  std::uint64_t missed_ = 0;
};

// 64-bit FNV-1a, finished so that similar names fall far apart; the same on every machine and in every
// release.
std::uint64_t stable_hash(std::string_view text);

}  // namespace muster
