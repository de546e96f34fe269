// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/runaway.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace muster::agent {

using std::chrono::duration;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

std::optional<Runaway::Figures> Runaway::add(Time now, nanoseconds cpu, std::uint64_t work) {
  const Reading reading{now, cpu, work};
  const bool burns = window_ && work == last_.work &&
                     duration<double>(cpu - last_.cpu) >= kShare * duration<double>(now - last_.at);
  if (!burns) window_ = reading;
  last_ = reading;
  if (now - window_->at < patience_) return std::nullopt;
  return Figures{duration_cast<milliseconds>(cpu - window_->cpu),
                 duration_cast<milliseconds>(now - window_->at)};
}

std::optional<nanoseconds> cpu_time_of(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return std::nullopt;
  return std::chrono::seconds(used.tv_sec) + nanoseconds(used.tv_nsec);
}

std::string words_of(const Runaway::Figures& figures) {
  std::array<char, 96> text{};
  const auto seconds = [](milliseconds time) { return duration<double>(time).count(); };
  std::snprintf(text.data(), text.size(), "%.1f s of CPU in %.1f s", seconds(figures.cpu),
                seconds(figures.wall));
  return text.data();
}

}  // namespace muster::agent
