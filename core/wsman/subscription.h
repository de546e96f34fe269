// SPDX-License-Identifier: GPL-2.0-or-later
// Open subscriptions, each bound to the caller that began it, and the events that wait for its next Pull.
//
// Threads  one.
// Limits   kPerPrincipal for one caller, kInAll; kMostWaiting events and kWaitingBytes for one subscription: the
//          oldest give way to newer ones and are counted. A lifetime is at most kLongest.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/wsman/courier.h"
#include "core/wsman/fault.h"

namespace muster::wsman {

struct Subscription {
  std::string principal;
  std::string class_name;
  DeliveryMode mode = DeliveryMode::pull;
  std::string stream = {};  // empty: events come straight from the source
  bool send_bookmarks = false;
};

class Subscriptions {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Lifetime = std::chrono::milliseconds;

  static constexpr std::size_t kPerPrincipal = 16;
  static constexpr std::size_t kInAll = 64;
  static constexpr std::size_t kMostWaiting = 1000;
  static constexpr std::size_t kWaitingBytes = std::size_t{512} * 1024;
  static constexpr std::chrono::hours kUsual{1};
  static constexpr std::chrono::hours kLongest{7 * 24};

  // What is granted to whoever asks for this much, or for nothing.
  static Lifetime granted(std::optional<std::chrono::milliseconds> asked);

  // Whether one more may be opened.
  std::optional<Fault> check_room(const std::string& principal) const;
  void open(const std::string& id, Subscription subscription, Lifetime lifetime, Time now);

  bool knows(const std::string& id) const { return open_.contains(id); }
  // Null, with the fault, when there is none of that id for this principal.
  const Subscription* find(const std::string& id, const std::string& principal, Time now, Fault& fault) const;
  const Subscription* find(const std::string& id) const;
  void renew(const std::string& id, Lifetime lifetime, Time now);
  void close(const std::string& id) { open_.erase(id); }
  std::vector<std::string> expired(Time now) const;
  std::vector<std::string> pulled_from_streams() const;
  std::vector<std::string> pushed() const;
  std::size_t size() const { return open_.size(); }

  // False: there is no such subscription.
  bool add(const std::string& id, KeptEvent event);
  // So many never came this far; false as above.
  bool drop(const std::string& id, std::uint64_t events);
  const std::deque<KeptEvent>& waiting(const std::string& id) const;
  void advance(const std::string& id, std::size_t events);  // forgets what was sent
  // Whether there is anything for a Pull: events, or drops.
  bool has_news(const std::string& id) const { return !waiting(id).empty() || untold_drops(id); }
  // Events that were dropped since the subscription began, when that has not been told yet.
  std::optional<std::uint64_t> untold_drops(const std::string& id) const;
  void told_drops(const std::string& id);

 private:
  struct Entry {
    Subscription subscription;
    Time dies;
    std::deque<KeptEvent> waiting;
    std::size_t bytes = 0;
    std::uint64_t dropped = 0;
    std::uint64_t told = 0;
  };
  static void drop_oldest(Entry& entry);

  std::map<std::string, Entry> open_;
};

}  // namespace muster::wsman
