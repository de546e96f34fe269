// SPDX-License-Identifier: GPL-2.0-or-later
// Open enumerations: rows that wait for the next Pull, each bound to the caller that began it.
//
// Threads  one.
// Limits   32 for one principal, 256 in all, 64 MiB of waiting rows in all. One that nobody pulls is dropped
//          after 60 s, or when the expiration that its caller asked for (at most 10 minutes) has passed.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/wsman/fault.h"

namespace muster::wsman {

struct Enumeration {
  std::string principal;
  std::string class_name;  // or the URI of all declarations
  std::vector<std::string> rows;
  std::size_t next = 0;                               // first row that was not sent
  std::size_t total = 0;                              // rows that the enumeration began with
  std::optional<std::chrono::seconds> lifetime = {};  // from its beginning; else it lives while it is used

  std::span<const std::string> waiting() const { return std::span(rows).subspan(next); }
};

class Enumerations {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::size_t kPerPrincipal = 32;
  static constexpr std::size_t kInAll = 256;
  static constexpr std::size_t kWaitingBytes = 64U << 20U;  // 30,000 processes
  static constexpr std::chrono::seconds kIdle{60};
  static constexpr std::chrono::seconds kLongest{600};

  std::optional<Fault> open(const std::string& id, Enumeration enumeration, Time now);
  // Null, with the fault, when there is none of that id for this principal. Using it keeps it alive.
  Enumeration* use(const std::string& id, const std::string& principal, Time now, Fault& fault);
  void advance(const std::string& id, std::size_t rows);  // forgets what was sent; closes it at its end
  void close(const std::string& id);
  void expire(Time now);
  std::size_t size() const { return open_.size(); }

 private:
  struct Entry {
    Enumeration enumeration;
    Time dies;
    std::size_t bytes = 0;
  };
  using Map = std::unordered_map<std::string, Entry>;
  void erase(Map::iterator entry);

  Map open_;
  std::size_t waiting_bytes_ = 0;
};

}  // namespace muster::wsman
