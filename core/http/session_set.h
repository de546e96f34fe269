// SPDX-License-Identifier: GPL-2.0-or-later
// What the connections of one server share, and the connections themselves.
//
// Threads  the loop's.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>

#include "core/http/address.h"
#include "core/http/loop.h"
#include "core/http/server.h"

namespace muster::http {

class Session;

struct SessionSet {
  SessionSet(Loop& on, const Limits& bounds, Authorise decides);

  void add(std::shared_ptr<Session> session);  // and lets it start
  void remove(Session& session);
  void close_idle();  // those without a request in work
  void close_all();
  void tell_if_empty();

  Loop& loop;
  Limits limits;
  Authorise authorise;
  ServerStatistics statistics;
  SourceCount sources;
  std::unordered_map<Session*, std::shared_ptr<Session>> sessions;
  bool draining = false;
  std::function<void()> emptied;  // called once, when no session is left

 private:
  void sweep();

  std::unique_ptr<Subscription> tick_;  // one coarse timer for all deadlines, while there are sessions
};

}  // namespace muster::http
