// SPDX-License-Identifier: GPL-2.0-or-later
// One subscription's deliveries, without the network: what is to be sent when, and what follows from the sink's
// answer. At most one message is under way; the next one waits for its answer.
//
// A message that failed is sent again as it was, under the same MessageID, so that a sink can tell. Without
// ConnectionRetry that goes on until the subscription's time is over, at growing pauses of at most kLongestPause.
//
// Threads  one.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "agent/courier/event_log.h"
#include "agent/courier/order_file.h"
#include "core/wsman/ids.h"
#include "core/wsman/sink_reply.h"
#include "core/wsman/subscribe_wish.h"

namespace muster::courier {

class Outbox {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::uint32_t kUsualBatch = 20;
  static constexpr std::uint32_t kLargestBatch = 500;
  static constexpr std::chrono::seconds kUsualMaxTime{5};
  static constexpr std::chrono::seconds kLongestPause{300};

  struct Message {
    std::string text;
    std::string id;
    wsman::Ack ack = wsman::Ack::not_wanted;
  };
  enum class Outcome {
    goes_on,
    refused,   // it ends without another word
    given_up,  // it ends, and EndTo is told
  };

  Outbox(wsman::SubscribeWish wish, Position position, Time now, wsman::Random random)
      : wish_(std::move(wish)), random_(std::move(random)), position_(position), last_sent_(now) {}

  // What is to be sent now. An event that cannot be sent at all ends the subscription, if its size does.
  Result<std::optional<Message>> next(const EventLog& log, Time now);
  Outcome received(const wsman::SinkReply& reply, Time now);

  Position position() const { return position_; }
  const wsman::SubscribeWish& wish() const { return wish_; }
  // Events could not be kept: they are counted among the dropped.
  void lost(std::uint64_t events) { position_.dropped += events; }

 private:
  struct Sending {
    Message message;
    std::uint64_t taken = 0;  // the last event in it
    std::uint64_t told = 0;   // the drops that are told by it
  };
  void skip_what_is_gone(const EventLog& log);
  bool is_time_for_events(std::uint64_t waiting, Time now);
  Result<std::optional<Sending>> with_events(const EventLog& log);
  Sending with_drops();
  Sending with_heartbeat();
  wsman::SinkHead head(const Message& message) const;
  Message fresh() const;
  std::uint32_t batch() const;

  wsman::SubscribeWish wish_;
  wsman::Random random_;
  Position position_;
  std::optional<Sending> sending_;
  bool under_way_ = false;
  unsigned failures_ = 0;
  Time not_before_{};
  Time last_sent_;
  std::optional<Time> waiting_since_;
};

}  // namespace muster::courier
