// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/recent_sources.h"

#include <algorithm>

namespace muster::http {

bool RecentSources::holds(const std::string& source, Time now) const {
  return std::ranges::any_of(entries_,
                             [&](const Entry& each) { return each.source == source && each.until > now; });
}

void RecentSources::add(const std::string& source, Time now) {
  entries_.remove_if([&](const Entry& each) { return each.source == source || each.until <= now; });
  if (entries_.size() >= most_) entries_.pop_front();
  entries_.push_back({source, now + counts_});
}

}  // namespace muster::http
