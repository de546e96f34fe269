// SPDX-License-Identifier: GPL-2.0-or-later
// The courier's folder: streams of events (SHA256.log) and subscriptions (SHA256.sub).
//
// Limits  kMostStreams, kMostOrders. A stream that nobody reads is kept for kKept if a bookmark may come back for it,
//         unless another one needs its place.
// Errors  of open(): the folder cannot be read. What is in it and is not ours to read is thrown away, and the log
//         says so: a subscriber subscribes again.
#pragma once

#include <chrono>
#include <cstddef>
#include <ctime>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "agent/courier/event_log.h"
#include "agent/courier/order_file.h"
#include "core/base/error.h"

namespace muster::courier {

class Store {
 public:
  static constexpr std::size_t kMostStreams = 64;
  static constexpr std::size_t kMostOrders = 64;
  static constexpr std::chrono::hours kKept{24};

  static Result<Store> open(std::string folder, std::function<std::uint64_t()> random);

  // Those that are kept and whose time is not over; each is given out once.
  std::vector<OrderFile> orders(OrderFile::Time now) const;
  Result<OrderFile> keep(const wsman::Order& order, Position position, OrderFile::Time now) const;

  // Made when it is missing, and when what is there is no log: its generation tells. timeout: there are too many;
  // unsupported: the log of another stream is in its place, and stays. It stays where it is until it is closed.
  Result<EventLog*> stream(const std::string& name);
  EventLog* find(const std::string& name);
  enum class Fate { kept, removed };
  void close(const std::string& name, Fate fate);
  // Removes streams that nobody reads and nobody has written to for kKept, and the oldest beyond the limit; and what
  // a courier that was killed has left half written. Whoever
  // goes on with a stream has opened it by then.
  void sweep(OrderFile::Time now) const;

 private:
  Store(std::string folder, std::function<std::uint64_t()> random)
      : folder_(std::move(folder)), random_(std::move(random)) {}
  std::string path(const std::string& name, const char* ending) const;
  std::vector<std::string> files(std::string_view ending) const;
  struct Unread {
    std::string file;
    std::time_t changed = 0;
  };
  std::vector<Unread> unread_streams() const;  // oldest first

  std::string folder_;
  std::function<std::uint64_t()> random_;
  std::map<std::string, EventLog> streams_;
};

}  // namespace muster::courier
