// SPDX-License-Identifier: GPL-2.0-or-later
// What the service remembers of subscriptions, and the way of an event from its source to whoever waits for it: to
// the queue of a subscription that pulls, or to the courier.
//
// Ownership  sources and courier outlive it; it outlives the fetches of its thresholds.
// Threads    the service's one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/wsman/courier.h"
#include "core/wsman/event_source.h"
#include "core/wsman/subscription.h"
#include "core/wsman/thresholds.h"

namespace muster::wsman {

struct Request;

class Eventing {
 public:
  using Time = Subscriptions::Time;

  Eventing(InstanceSource& source, std::function<Time()> now);

  // A source for some classes, asked before the thresholds.
  void add_source(EventSource& source) { sources_.insert(sources_.begin(), &source); }
  void deliver_by(Courier& courier);

  // Refuses what can be refused without asking anybody; `out` is what would be watched.
  std::optional<Fault> check(const Request& request, Watch& out) const;
  using Opened = std::function<void(std::optional<Fault>)>;
  void open(const Order& order, const Request& request, const Watch& watch, const Caller& caller,
            Opened opened);
  void close(const std::string& id);  // as its owner wishes, or because its time is over
  void renew(const std::string& id, Subscriptions::Lifetime lifetime, const Caller& caller);
  void tick();

  // What a Pull that found nothing wants to be told: that there is something now, or nothing any more.
  struct Waiter {
    std::function<void()> arrived;
    std::function<void(const Fault&)> given_up;
    Time until;
  };
  // One Pull waits for a subscription; an earlier one gives way and is timed out.
  void wait(const std::string& id, Waiter waiter);
  void stop_waiting(const std::string& id);  // its caller has left: what comes is for the next Pull
  void time_out_waiting();                   // all of them, at once

  Subscriptions subscriptions;

 private:
  EventSource& source_for(const Watch& watch) const;
  std::optional<Fault> check_sink(const Request& request) const;
  void remember(const Order& order, const Request& request);
  void start(const std::string& id, const Watch& watch, const Caller& caller, Opened opened);
  EventSource::Listener listener_of(const std::string& key, Watch::Place place);
  void started(const std::string& key, const std::optional<Fault>& problem);
  void source_ended(const std::string& key, const Fault& why);
  void give_up(const std::string& id, const Fault& why);  // a Pull that waits
  void forget(const std::string& id, const Fault& why);
  void arrived(const std::string& id, KeptEvent event);
  void dropped(const std::string& id, std::uint64_t events);
  void answer_waiter(const std::string& id);
  void resume(const Order& order);
  void end_kept_pulls();
  void end_pushed_but(const std::set<std::string>& ids);

  const std::vector<const cim::Class*>& classes_;
  std::function<Time()> now_;
  Thresholds thresholds_;
  std::vector<EventSource*> sources_;
  Courier* courier_ = nullptr;
  struct Watched {
    EventSource* source = nullptr;  // none has been asked yet
    bool started = false;
    std::set<std::string> subscriptions;
    std::map<std::string, Opened> waiting;  // by subscription, for the source to have started
  };
  std::map<std::string, Watched> watched_;  // by stream, or by the subscription's identifier
  std::map<std::string, Waiter> waiting_;
};

// Class, filter, interval and caller: subscriptions that agree in them read one stream.
std::string stream_of(const std::string& principal, const Watch& watch);

}  // namespace muster::wsman
