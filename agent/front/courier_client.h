// SPDX-License-Identifier: GPL-2.0-or-later
// The front's end of the channel to the courier. The courier is started when there is something for it to do, and
// when destinations are configured: then an earlier run may have left subscriptions.
//
// A courier that dies takes nothing with it: what it had not settled is said again to the next one, in order.
//
// Limits   kMaxUnsettled questions, of which kMaxUnsettledBytes; an event more than that is not kept, and logged.
// Threads  the loop's.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/courier/destinations.h"
#include "agent/ipc/channel.h"
#include "core/http/loop.h"
#include "core/wsman/courier.h"

namespace muster::agent {

class CourierClient final : public wsman::Courier {
 public:
  static constexpr std::size_t kMaxUnsettled = 512;
  static constexpr std::size_t kMaxUnsettledBytes = std::size_t{4} * 1024 * 1024;
  static constexpr std::chrono::seconds kPatience{10};  // of somebody who waits to subscribe

  // `ask` asks for a courier, which then comes by connect().
  CourierClient(http::Loop& loop, const std::vector<std::string>& destinations, std::function<void()> ask);

  void resume();
  void connect(Fd socket);

  void listen(Listener listener) override { listener_ = std::move(listener); }
  bool sends_to(const wsman::SinkAddress& sink) const override { return destinations_.allow(sink); }
  void open(const wsman::Order& order, std::function<void(std::optional<wsman::Fault>)> done) override;
  void put(const std::string& stream, const std::string& item, Done done) override;
  void renew(const std::string& id, std::chrono::milliseconds lifetime) override;
  void close(const std::string& id) override;
  void end(const std::string& id, const std::string& why) override;

 private:
  struct Question {
    ipc::Frame frame;
    std::size_t bytes = 0;
    Done done;  // empty when nobody waits
    std::chrono::steady_clock::time_point until;
  };
  enum class Patience : std::uint8_t { limited, endless };
  void ask(ipc::Frame frame, Done done, Patience patience);
  void send(const ipc::Frame& frame);
  void arrived();
  void take(const ipc::Frame& frame);
  void settle(std::uint64_t id, const std::optional<wsman::Fault>& fault);
  void lost();
  void all_resumed();
  void sweep();
  bool is_closing(const std::string& id) const;

  http::Loop& loop_;
  courier::Destinations destinations_;
  bool sends_anywhere_;
  std::function<void()> ask_;
  Listener listener_;
  std::optional<ipc::Channel> channel_;
  std::unique_ptr<http::Subscription> readable_;
  std::unique_ptr<http::Subscription> writable_;
  std::unique_ptr<http::Subscription> sweeper_;
  std::map<std::uint64_t, Question> unsettled_;  // in the order in which they were asked
  std::size_t unsettled_bytes_ = 0;
  std::uint64_t next_id_ = 1;
  std::set<std::string> resumed_;  // what this courier has named so far
  bool asked_ = false;
};

}  // namespace muster::agent
