// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/schedule.h"

#include <algorithm>

namespace muster {

std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  hash ^= hash >> 33U;
  hash *= 0xff51afd7ed558ccdU;
  return hash ^ (hash >> 33U);
}

Schedule::Schedule(Duration interval)
    : interval_(interval), grace_(std::clamp(interval / 10, Duration(200), Duration(5000))) {}

Schedule::Time Schedule::slot_after(const std::string& host, Time now) const {
  const auto interval = std::chrono::duration_cast<Time::duration>(interval_).count();
  const auto phase = static_cast<std::int64_t>(stable_hash(host) % static_cast<std::uint64_t>(interval));
  const auto turns = (now.time_since_epoch().count() - phase) / interval;
  auto slot = turns * interval + phase;
  while (slot <= now.time_since_epoch().count()) slot += interval;
  return Time(Time::duration(slot));
}

void Schedule::place(const std::string& host, Time slot) {
  slots_[host] = slot;
  queue_.emplace(slot, host);
}

void Schedule::add(const std::string& host, Time now) {
  if (!slots_.contains(host)) place(host, slot_after(host, now));
}

void Schedule::remove(const std::string& host) {
  const auto found = slots_.find(host);
  if (found == slots_.end()) return;
  queue_.erase({found->second, host});
  slots_.erase(found);
}

std::vector<Schedule::Due> Schedule::take_due(Time now) {
  std::vector<Due> due;
  while (!queue_.empty() && queue_.begin()->first <= now) {
    const auto [slot, host] = *queue_.begin();
    queue_.erase(queue_.begin());
    const auto next = slot_after(host, now);
    const bool in_time = now - slot <= grace_;
    if (in_time) due.push_back({host, slot});
    missed_ += static_cast<std::uint64_t>((next - slot) / interval_) - (in_time ? 1 : 0);
    place(host, next);
  }
  return due;
}

std::optional<Schedule::Time> Schedule::next() const {
  return queue_.empty() ? std::nullopt : std::optional(queue_.begin()->first);
}

}  // namespace muster
