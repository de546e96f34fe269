// SPDX-License-Identifier: GPL-2.0-or-later
// Classes whose provider hung or took its process down are not asked for a while, longer each time in a row: one bad
// mount must not stall every other figure again and again.
//
// Limits  kFirst after the first time, doubled up to kLongest; one answer and all is forgotten.
// Threads one.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace muster::agent {

class Quarantine {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kFirst{30};
  static constexpr std::chrono::seconds kLongest{600};

  // For how long it is not asked.
  std::chrono::seconds add(const std::string& class_name, Time now);
  // Zero: it may be asked.
  std::chrono::seconds left(const std::string& class_name, Time now) const;
  void answered(const std::string& class_name) { entries_.erase(class_name); }

  struct Note {
    std::string class_name;
    std::uint32_t hangs;  // in a row
    std::chrono::seconds left;
  };
  std::vector<Note> notes(Time now) const;

 private:
  struct Entry {
    std::uint32_t hangs = 0;
    Time until{};
  };
  std::map<std::string, Entry> entries_;
};

}  // namespace muster::agent
