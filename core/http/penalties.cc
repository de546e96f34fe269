// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/penalties.h"

#include <algorithm>
#include <utility>

namespace muster::http {

bool Penalties::trusts(const std::string& source, Time now) const {
  return std::ranges::find(rules_.exempt, source) != rules_.exempt.end() || trusted_.holds(source, now);
}

void Penalties::forget(Entries::iterator entry) {
  if (entry->bites) ended_.push_back({std::move(entry->name), entry->refused});
  by_source_.erase(entry->source);
  entries_.erase(entry);
}

Penalties::Entry& Penalties::entry_of(const std::string& source) {
  if (const auto found = by_source_.find(source); found != by_source_.end()) {
    entries_.splice(entries_.end(), entries_, found->second);
  } else {
    while (entries_.size() >= rules_.sources) forget(entries_.begin());
    entries_.push_back({source, {}, {}});
    by_source_[source] = std::prev(entries_.end());
  }
  return entries_.back();
}

void Penalties::end_episode(Entry& entry) {
  if (!std::exchange(entry.bites, false)) return;
  ended_.push_back({entry.name, std::exchange(entry.refused, 0)});
  if (rules_.failed_login * entry.price < rules_.most) entry.price *= kAgain;
}

bool Penalties::add(const std::string& source, const std::string& name, Offence offence, Time now) {
  if (rules_.sources == 0 || trusts(source, now)) return false;
  Entry& entry = entry_of(source);
  if (entry.until <= now) {
    end_episode(entry);
    if (entry.until + kMemory <= now) entry.price = 1;
    entry.until = now;
  }
  entry.name = name;
  entry.until += entry.price * (offence == Offence::failed_login ? rules_.failed_login : rules_.no_login);
  entry.until = std::min(entry.until, now + rules_.most);
  const bool bites = entry.until - now >= rules_.least;
  return bites && !std::exchange(entry.bites, true);
}

void Penalties::follow(PenaltyRules rules) {
  rules_ = std::move(rules);
  while (rules_.sources == 0 && !entries_.empty()) forget(entries_.begin());
}

bool Penalties::refuses(const std::string& source, Time now) {
  const auto found = by_source_.find(source);
  if (found == by_source_.end()) return false;
  Entry& entry = *found->second;
  if (!entry.bites || entry.until <= now || trusts(source, now)) return false;
  ++entry.refused;
  return true;
}

std::chrono::seconds Penalties::left(const std::string& source, Time now) const {
  const auto found = by_source_.find(source);
  if (found == by_source_.end() || found->second->until <= now) return std::chrono::seconds(0);
  return std::chrono::ceil<std::chrono::seconds>(found->second->until - now);
}

void Penalties::forgive(const std::string& source) {
  if (const auto found = by_source_.find(source); found != by_source_.end()) forget(found->second);
}

void Penalties::trust(const std::string& source, Time now) {
  forgive(source);
  trusted_.add(source, now);
}

std::vector<Penalties::Episode> Penalties::take_ended(Time now) {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto each = entry++;
    if (each->until > now) continue;
    end_episode(*each);
    if (each->price == 1 || each->until + kMemory <= now) forget(each);
  }
  return std::exchange(ended_, {});
}

}  // namespace muster::http
