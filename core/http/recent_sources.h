// SPDX-License-Identifier: GPL-2.0-or-later
// Sources (their keys, address.h) of which something good was seen, for as long as it counts.
//
// Limits  `most` of them; the one that was seen the longest ago is forgotten first.
// Threads one.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <string>

namespace muster::http {

class RecentSources {
 public:
  using Time = std::chrono::steady_clock::time_point;

  RecentSources(std::size_t most, std::chrono::seconds counts) : most_(most), counts_(counts) {}

  void add(const std::string& source, Time now);
  bool holds(const std::string& source, Time now) const;

 private:
  struct Entry {
    std::string source;
    Time until;
  };

  std::size_t most_;
  std::chrono::seconds counts_;
  std::list<Entry> entries_;  // the one that was seen last at the end
};

}  // namespace muster::http
