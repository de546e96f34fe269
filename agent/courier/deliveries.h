// SPDX-License-Identifier: GPL-2.0-or-later
// The subscriptions of a courier, and the connections to their sinks: what is kept goes out, what a sink has taken is
// written down.
//
// Threads  the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "agent/courier/destinations.h"
#include "agent/courier/outbox.h"
#include "agent/courier/store.h"
#include "core/http/client.h"
#include "core/http/loop.h"
#include "core/tls/context.h"
#include "core/wsman/courier.h"
#include "core/wsman/event_message.h"

namespace muster::courier {

class Deliveries {
 public:
  struct Listener {
    std::function<void(const std::string& id)> ended;
    // False: there is no room for it now; it is offered again.
    std::function<bool(const std::string& id, const wsman::KeptEvent& event)> arrived;
    std::function<bool(const std::string& id, std::uint64_t events)> dropped;
  };

  Deliveries(http::Loop& loop, Store store, Destinations destinations, std::shared_ptr<tls::Context> context,
             wsman::Random random, Listener listener);

  // Takes up what an earlier process has kept; the orders, with the time that is left to each.
  std::vector<wsman::Order> resume();

  using Problem = std::optional<wsman::Fault>;
  Problem open(const wsman::Order& order);
  // Whether an event that cannot be kept is lost, or comes again.
  enum class Loss : std::uint8_t { counted, none };
  Problem put(const std::string& stream, const std::string& item, Loss loss);
  // Events that the front could not even ask about.
  void lost(const std::string& stream, std::uint64_t events);
  Problem renew(const std::string& id, std::chrono::milliseconds lifetime);
  void close(const std::string& id);
  // The same, and EndTo is told why.
  void end_for_source(const std::string& id, const std::string& why);
  // Sends what is due; called several times a second.
  void tick();
  // How often a sink answered so far, or did not.
  std::uint64_t answers() const { return answers_; }

 private:
  struct Pushed {
    OrderFile file;
    Outbox outbox;
    wsman::SinkAddress sink;
    std::unique_ptr<http::Client> client;
  };
  struct Pulled {
    std::string stream;
    std::uint64_t told = 0;     // the last event that the front has
    std::uint64_t dropped = 0;  // events that it has not heard of
  };
  using PushedPtr = std::shared_ptr<Pushed>;

  // On a problem the file is gone.
  Problem take_up(OrderFile file, const wsman::SubscribeWish& wish);
  Result<void> keep(const std::string& stream, EventLog& log, const std::string& item);
  void send_due(const std::string& id, const PushedPtr& pushed);
  void answered(const std::string& id, const PushedPtr& pushed, const std::string& message_id,
                const Result<http::Response>& answer);
  static void write_down(Pushed& pushed);  // how far its sink has come
  // The same, and it is on disk.
  static Result<void> put_on_disk(Pushed& pushed);
  Result<void> put_positions_on_disk(const std::string& stream);
  void end(const std::string& id, const std::string& why, bool tell_sink);
  void say_end(const Pushed& pushed, wsman::EndStatus status, const std::string& why);
  void forget_taken(const std::string& stream);
  void close_if_unread(const std::string& stream);
  void tell(const std::string& id, Pulled& pulled);

  http::Loop& loop_;
  Store store_;
  Destinations destinations_;
  std::shared_ptr<tls::Context> context_;
  wsman::Random random_;
  Listener listener_;
  std::map<std::string, PushedPtr> pushed_;
  std::map<std::string, Pulled> pulled_;
  std::uint64_t answers_ = 0;
  std::set<std::string> marked_;  // streams that a bookmark may come back for
  std::vector<std::shared_ptr<http::Client>> farewells_;
  std::unique_ptr<http::Subscription> hourly_;
};

}  // namespace muster::courier
