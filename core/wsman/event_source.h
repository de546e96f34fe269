// SPDX-License-Identifier: GPL-2.0-or-later
// Where events come from. A source watches conditions and says when something begins to fulfil one.
//
// Ownership  a source outlives the Service that it is given to; a watch is forgotten by stop().
// Threads    the service's one; events are told on it, never from inside start() or refresh().
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/wsman/fault.h"
#include "core/wsman/service.h"
#include "core/wsman/subscribe_wish.h"

namespace muster::wsman {

// A condition: which instances of which classes, and how often that is looked at.
struct Watch {
  std::string class_name;  // as the client spells it
  std::vector<Query> queries;
  std::chrono::seconds interval{10};
  bool filtered = false;
  LogCondition log = {};
  std::string words;  // what tells it from other conditions: class, filter, interval
  // Of a source that keeps its place: whether it goes on from there, and whether there is any use in keeping it.
  enum class Begin : std::uint8_t { now, where_it_was } begin = Begin::now;
  enum class Place : std::uint8_t { forgotten, kept } place = Place::forgotten;
};

class EventSource {
 public:
  virtual ~EventSource() = default;

  // Whether this source is the one for such a class; the first that says so gets the watch.
  virtual bool offers(std::string_view class_name) const = 0;
  // Why this condition cannot be watched; nullopt when it can.
  virtual std::optional<Fault> check(const Watch& watch) const = 0;

  // Whether an event is where it cannot get lost any more; a fault: it may be told again later.
  using Taken = std::function<void(const std::optional<Fault>&)>;
  // An event: the element that becomes its body, well-formed and with its own declarations. `taken` is called once,
  // now or later, unless the watch is stopped first; it may be empty.
  using Emit = std::function<void(const std::string& item, Taken taken)>;
  struct Listener {
    Emit event;
    // Once, later or inside start(): it is watched, or why not. Then the watch is forgotten.
    std::function<void(const std::optional<Fault>&)> started;
    // The watch has come to its end and is forgotten.
    std::function<void(const Fault& why)> ended;
  };
  // A caller without proof is one whose subscription goes on after a restart.
  virtual void start(const std::string& id, const Watch& watch, const Caller& caller, Listener listener) = 0;
  // What fulfils the condition now is told once more, for somebody who has just come.
  virtual void refresh(const std::string& id) = 0;
  // The caller was here again, and wants it to go on.
  virtual void renewed(const std::string& /*id*/, const Caller& /*caller*/) {}
  virtual void stop(const std::string& id) = 0;
  // Called about once a second.
  virtual void tick() = 0;
};

}  // namespace muster::wsman
