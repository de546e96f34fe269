// SPDX-License-Identifier: GPL-2.0-or-later
// Where events come from. A source watches conditions and says when something begins to fulfil one.
//
// Ownership  a source outlives the Service that it is given to; a watch is forgotten by stop().
// Threads    the service's one; Emit is called on it, never from inside start() or refresh().
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/wsman/fault.h"
#include "core/wsman/service.h"

namespace muster::wsman {

// A condition: which instances of which classes, and how often that is looked at.
struct Watch {
  std::string class_name;  // as the client spells it
  std::vector<Query> queries;
  std::chrono::seconds interval{10};
  bool filtered = false;
  std::string words;  // what tells it from other conditions: class, filter, interval
};

class EventSource {
 public:
  virtual ~EventSource() = default;

  // Whether this source is the one for such a class; the first that says so gets the watch.
  virtual bool offers(std::string_view class_name) const = 0;
  // Why this condition cannot be watched; nullopt when it can.
  virtual std::optional<Fault> check(const Watch& watch) const = 0;

  // An event: the element that becomes its body, well-formed and with its own declarations.
  using Emit = std::function<void(const std::string& item)>;
  virtual void start(const std::string& id, const Watch& watch, Emit emit) = 0;
  // What fulfils the condition now is told once more, for somebody who has just come.
  virtual void refresh(const std::string& id) = 0;
  virtual void stop(const std::string& id) = 0;
  // Called about once a second.
  virtual void tick() = 0;
};

}  // namespace muster::wsman
