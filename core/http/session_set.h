// SPDX-License-Identifier: GPL-2.0-or-later
// What the connections of one server share, and the connections themselves.
//
// Threads  the loop's.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/http/address.h"
#include "core/http/loop.h"
#include "core/http/recent_sources.h"
#include "core/http/server.h"

namespace muster::http {

class Session;

// What a peer is to us.
enum class Standing {
  stranger,
  admitted,   // a request of this connection was authorised
  certified,  // a certificate was verified in the handshake
};

struct SessionSet {
  SessionSet(Loop& on, const Limits& bounds, Authorise decides);

  // A place for one more connection from there, made by ending a stranger's if need be; false: there is none.
  bool make_place(const std::string& source);
  void add(std::shared_ptr<Session> session);  // and lets it start
  void remove(Session& session);
  // A peer whose handshake is over without a certificate has to go: the places left are kept for others.
  bool only_reserved_left() const;
  void rises(const Session& session, Standing to);  // from what it is now
  Repute repute(const std::string& source) const;   // good for kAcquainted after somebody was let in
  bool penalised(const std::string& source);
  void follow(const Limits& now);
  void close_idle();  // those without a request in work
  void keep_only(const std::function<bool(const tls::Certificate&)>& trusted);  // see Server
  void close_all();
  void tell_if_empty();

  Loop& loop;
  Limits limits;
  Authorise authorise;
  ServerStatistics statistics;
  SourceCount sources;
  Penalties penalties;
  std::unordered_map<Session*, std::shared_ptr<Session>> sessions;
  bool draining = false;
  std::function<void()> emptied;  // called once, when no session is left

 private:
  void sweep();
  std::vector<std::shared_ptr<Session>> abandoned() const;
  void report_penalties(std::chrono::steady_clock::time_point now);
  void judge(const Session& gone);
  bool displace(const std::string* source);  // of any source: nullptr

  static constexpr std::chrono::hours kAcquainted{1};
  static constexpr std::size_t kMostAcquainted = 256;

  RecentSources acquaintances_{kMostAcquainted, kAcquainted};
  std::chrono::steady_clock::time_point reported_{};
  std::unique_ptr<Subscription> tick_;  // one coarse timer for all deadlines, while there are sessions
};

}  // namespace muster::http
