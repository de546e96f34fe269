// SPDX-License-Identifier: GPL-2.0-or-later
// Who takes events to their sinks, and keeps them until they are there. The service itself connects to nobody and
// writes nothing.
//
// Events are kept in streams: one for each condition of each caller. A subscription reads a stream from where it
// began, or from the bookmark that it was given.
//
// Ownership  the courier outlives the Service.
// Threads    the service's one.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "core/wsman/fault.h"
#include "core/wsman/subscribe_wish.h"

namespace muster::wsman {

// All that has to be kept of a subscription. Mode, sink and the rest are read from the message again.
struct Order {
  std::string id;         // wse:Identifier
  std::string principal;  // whose it is
  std::string stream;     // what tells the stream from others
  std::string text;       // the Subscribe, as UTF-8
  std::chrono::milliseconds lifetime{0};
};

// An event that is kept. Its bookmark is text without markup.
struct KeptEvent {
  std::string item;
  std::string bookmark;
};

class Courier {
 public:
  static constexpr std::size_t kMaxItem = 40000;   // octets; a longer event is not kept
  static constexpr std::size_t kMaxText = 32768;   // of a Subscribe that is to be kept
  static constexpr std::size_t kMaxStream = 9000;  // of the name of a stream, which goes with each event

  struct Listener {
    std::function<void(const Order&)>
        resumed;  // a subscription of an earlier run; one that is known is no news
    std::function<void(const std::string& id)> ended;               // the sink is gone, or refused
    std::function<void(const std::string& id, KeptEvent)> arrived;  // for a subscription that pulls
    std::function<void()> restarted;  // it has forgotten the subscriptions that pull, and nothing else
    // All that it has taken up has been told, and what else it is still to be asked for is here, too: any other
    // subscription that pushes has ended.
    std::function<void(const std::set<std::string>& ids)> all_resumed;
    // So many events for a subscription that pulls could not be kept.
    std::function<void(const std::string& id, std::uint64_t events)> dropped;
  };

  virtual ~Courier() = default;
  virtual void listen(Listener listener) = 0;
  // Whether events may go there; what is not written down by the administrator may not.
  virtual bool sends_to(const SinkAddress& sink) const = 0;
  // Done is called once, later: nullopt when the subscription is on disk, or, when it pulls, known.
  virtual void open(const Order& order, std::function<void(std::optional<Fault>)> done) = 0;
  // `done`, when there is one, is called once: nullopt when the event is on disk, or nobody reads the stream. Whoever
  // gives one puts an event again that could not be kept; one without is then counted as dropped.
  using Done = std::function<void(const std::optional<Fault>&)>;
  virtual void put(const std::string& stream, const std::string& item, Done done) = 0;
  virtual void renew(const std::string& id, std::chrono::milliseconds lifetime) = 0;
  virtual void close(const std::string& id) = 0;
  // The same, and EndTo is told that its source has ended it.
  virtual void end(const std::string& id, const std::string& why) = 0;
};

}  // namespace muster::wsman
