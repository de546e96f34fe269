// SPDX-License-Identifier: GPL-2.0-or-later
// The front's end of the channel to the courier. The courier is started when there is something for it to do, and
// when destinations are configured: then an earlier run may have left subscriptions.
//
// A courier that dies takes nothing with it: what it had not settled is said again to the next one, in order.
//
// Limits   kMaxUnsettled questions, of which kMaxUnsettledBytes; an event more than that is not kept, and its stream's
//          subscribers are told of a drop. Notices, that a subscription is renewed or has ended, are small and have
//          room of their own, kMaxNotices: one of a kind for each subscription.
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
  static constexpr std::size_t kMaxNotices = 512;
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
    std::size_t bytes = 0;  // 0: a notice
    Done done;              // empty when nobody waits
    std::chrono::steady_clock::time_point until;
    bool sent = false;  // to a courier that may have heeded it
  };
  using Questions = std::map<std::uint64_t, Question>;  // in the order in which they were asked
  enum class Patience : std::uint8_t { limited, endless };
  void ask(ipc::Frame frame, Done done, Patience patience);
  void notify(ipc::Frame frame);
  void add(Question question);
  Done remove(Questions::iterator question);
  bool has_room_for(std::size_t bytes) const;
  void lose(const std::string& stream);
  void tell_losses();
  void send();
  void flush();
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
  Questions unsettled_;
  std::size_t unsettled_bytes_ = 0;
  std::size_t notices_ = 0;                    // among the unsettled
  std::uint64_t last_sent_ = 0;                // to this courier
  std::map<std::string, std::uint64_t> lost_;  // events of a stream that nobody has been told of
  std::uint64_t next_id_ = 1;
  std::set<std::string> resumed_;  // what this courier has named so far
  bool asked_ = false;
};

}  // namespace muster::agent
