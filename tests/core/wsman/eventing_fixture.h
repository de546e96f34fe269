// SPDX-License-Identifier: GPL-2.0-or-later
// Requests of WS-Eventing, and a courier that writes down what it is told.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/wsman/courier.h"
#include "tests/core/wsman/fixture.h"

namespace muster::wsman::testing {

inline std::string eventing(std::string_view name, std::string_view inside) {
  return "<e:" + std::string(name) + " xmlns:e=\"" + std::string(names::kEventing) + "\">" +
         std::string(inside) + "</e:" + std::string(name) + ">";
}
inline std::string subscribe(std::string_view class_name, std::string_view inside,
                             std::string_view more_headers = {}) {
  return envelope(headers(names::kSubscribe, class_name, more_headers), eventing("Subscribe", inside));
}
inline std::string delivery(std::string_view mode, std::string_view inside = {}) {
  return "<e:Delivery Mode=\"" + std::string(mode) + "\">" + std::string(inside) + "</e:Delivery>";
}
inline std::string notify_to(std::string_view address, std::string_view parameters = {}) {
  return "<e:NotifyTo><a:Address>" + std::string(address) + "</a:Address>" + std::string(parameters) +
         "</e:NotifyTo>";
}
inline std::string wql(std::string_view text) {
  return "<w:Filter Dialect=\"" + std::string(names::kWql) + "\">" + std::string(text) + "</w:Filter>";
}
inline const std::string kFullDisks = wql("select * from TEST_Disk where BytesTotal &gt; 100");

inline std::string identifier(std::string_view id) {
  return eventing("Identifier", id);
}
inline std::string unsubscribe(std::string_view id) {
  return envelope(headers(names::kUnsubscribe, "TEST_Disk", identifier(id)), eventing("Unsubscribe", ""));
}
inline std::string renew(std::string_view id, std::string_view expires) {
  return envelope(headers(names::kRenew, "TEST_Disk", identifier(id)),
                  eventing("Renew", "<e:Expires>" + std::string(expires) + "</e:Expires>"));
}
inline std::string identifier_in(const Reply& reply) {
  return between(reply.body, "<wse:Identifier>", "</wse:Identifier>");
}

struct WrittenCourier : Courier {
  Listener listener;
  std::vector<std::pair<std::string, std::uint16_t>> allowed;
  std::vector<Order> orders;
  std::vector<std::pair<std::string, std::string>> puts;
  std::vector<std::string> closed;
  std::vector<std::pair<std::string, std::string>> ended;
  std::vector<Done> unsettled;  // of events whose source wants to know
  std::map<std::string, std::chrono::milliseconds> renewed;
  std::optional<Fault> refuses;

  void listen(Listener to) override { listener = std::move(to); }
  bool sends_to(const SinkAddress& sink) const override {
    return std::find(allowed.begin(), allowed.end(), std::pair(sink.host, sink.port)) != allowed.end();
  }
  void open(const Order& order, std::function<void(std::optional<Fault>)> done) override {
    orders.push_back(order);
    done(refuses);
  }
  void put(const std::string& stream, const std::string& item, Done done) override {
    puts.emplace_back(stream, item);
    if (done) unsettled.push_back(std::move(done));
  }
  void renew(const std::string& id, std::chrono::milliseconds lifetime) override { renewed[id] = lifetime; }
  void close(const std::string& id) override { closed.push_back(id); }
  void end(const std::string& id, const std::string& why) override { ended.emplace_back(id, why); }
};

// A service with disks, and a clock whose every second is a tick.
struct EventLab : Lab {
  explicit EventLab(std::uint64_t bytes = 1000) { source.instances.push_back(disk("sda", bytes)); }

  void pass(std::chrono::seconds time) {
    for (auto i = std::chrono::seconds(0); i < time; ++i) {
      now += std::chrono::seconds(1);
      service.expire();
    }
  }
  void set(std::size_t disk_number, std::uint64_t bytes) {
    source.instances.at(disk_number + 1).set("BytesTotal", bytes);  // the first instance is the agent
  }
  std::string subscribe_pull(std::string_view inside = kFullDisks) {
    const Reply reply = ask(subscribe("TEST_Disk", delivery(names::kPullMode) + std::string(inside)));
    EXPECT_EQ(verdict(reply), "200") << reply.body;
    return between(reply.body, "<wsen:EnumerationContext>", "</wsen:EnumerationContext>");
  }
  // A Pull whose answer may come later.
  struct Pulled {
    std::optional<Reply> reply;
    std::function<void()> gone;  // called when its client leaves
    std::string verdict_or_waits() const { return reply ? verdict(*reply) : "waits"; }
  };
  std::shared_ptr<Pulled> pull_later(const std::string& context, const std::string& more = {}) {
    auto pulled = std::make_shared<Pulled>();
    const std::string body = pull("TEST_Disk", context, "<n:MaxElements>10</n:MaxElements>" + more);
    service.handle(
        "alice", {"application/soap+xml", "", body},
        [pulled](Reply reply) { pulled->reply = std::move(reply); }, nullptr,
        [pulled](std::function<void()> gone) { pulled->gone = std::move(gone); });
    return pulled;
  }
};

}  // namespace muster::wsman::testing
