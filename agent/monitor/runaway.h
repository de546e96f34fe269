// SPDX-License-Identifier: GPL-2.0-or-later
// Whether a process burns a core and does nothing with it.
//
// Limits  a window begins anew whenever the process has done work, or has used less than kShare of a core since the
//         reading before; it is a runaway when a window has lasted for the patience.
// Threads one.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <sys/types.h>

namespace muster::agent {

class Runaway {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr double kShare = 0.9;

  struct Figures {
    std::chrono::milliseconds cpu;
    std::chrono::milliseconds wall;
  };

  explicit Runaway(std::chrono::seconds patience) : patience_(patience) {}

  // A reading of the process's CPU time and work so far; figures: it is a runaway.
  std::optional<Figures> add(Time now, std::chrono::nanoseconds cpu, std::uint64_t work);
  void forget() { window_.reset(); }  // another process takes its place
  void patience(std::chrono::seconds patience) { patience_ = patience; }

 private:
  struct Reading {
    Time at;
    std::chrono::nanoseconds cpu;
    std::uint64_t work;
  };
  std::chrono::seconds patience_;
  std::optional<Reading> window_;  // its first reading
  Reading last_{};
};

// CPU time of a process so far; nullopt: it is gone.
std::optional<std::chrono::nanoseconds> cpu_time_of(pid_t pid);

std::string words_of(const Runaway::Figures& figures);  // "29.4 s of CPU in 30.0 s"

}  // namespace muster::agent
