// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/front/quarantine.h"

#include <algorithm>

namespace muster::agent {

std::chrono::seconds Quarantine::add(const std::string& class_name, Time now) {
  Entry& entry = entries_[class_name];
  constexpr std::uint32_t kMostDoublings = 8;  // beyond kLongest
  const auto doublings = std::min(entry.hangs, kMostDoublings);
  const auto pause = std::min<std::chrono::seconds>(kFirst * (1U << doublings), kLongest);
  ++entry.hangs;
  entry.until = now + pause;
  return pause;
}

std::chrono::seconds Quarantine::left(const std::string& class_name, Time now) const {
  const auto found = entries_.find(class_name);
  if (found == entries_.end() || found->second.until <= now) return std::chrono::seconds(0);
  return std::chrono::ceil<std::chrono::seconds>(found->second.until - now);
}

std::vector<Quarantine::Note> Quarantine::notes(Time now) const {
  std::vector<Note> all;
  all.reserve(entries_.size());
  for (const auto& [name, entry] : entries_) all.push_back({name, entry.hangs, left(name, now)});
  return all;
}

}  // namespace muster::agent
