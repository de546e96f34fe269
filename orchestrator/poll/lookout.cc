// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/lookout.h"

#include <cstdint>

#include "orchestrator/poll/schedule.h"

namespace muster {

void Lookout::add(const std::string& host, Time now) {
  if (hosts_.contains(host)) return;
  const auto phase = stable_hash(host) % static_cast<std::uint64_t>(silence_.count());
  const auto next = now + Duration(phase);
  hosts_[host] = {next, false, Doubt::none};
  queue_.emplace(next, host);
}

void Lookout::remove(const std::string& host) {
  const auto found = hosts_.find(host);
  if (found == hosts_.end()) return;
  queue_.erase({found->second.next, host});
  hosts_.erase(found);
}

std::vector<std::string> Lookout::take_due(Time now) {
  std::vector<std::string> due;
  while (!queue_.empty() && queue_.begin()->first <= now) {
    due.push_back(queue_.begin()->second);
    queue_.erase(queue_.begin());
    hosts_.at(due.back()).busy = true;
  }
  return due;
}

bool Lookout::begin_poll(const std::string& name) {
  auto& host = hosts_.at(name);
  if (host.busy || host.doubt == Doubt::first_miss) return false;
  host.busy = true;
  queue_.erase({host.next, name});
  return true;
}

void Lookout::missed(const std::string& name, Time now) {
  const bool first = hosts_.at(name).doubt == Doubt::none;
  end(name, now + (first ? second_look_ : silence_), first ? Doubt::first_miss : Doubt::settled);
}

void Lookout::end(const std::string& name, Time next, Doubt doubt) {
  auto& host = hosts_.at(name);
  queue_.erase({host.next, name});
  host = {next, false, doubt};
  queue_.emplace(next, name);
}

}  // namespace muster
