// SPDX-License-Identifier: GPL-2.0-or-later
// Messages from the agent to a sink: events alone and in batches, heartbeats, the news that events were dropped and
// that a subscription has ended. Whole envelopes in UTF-8.
//
// Threads  any; each thread keeps one gSOAP context.
// Source   WS-Eventing 2004/08; DSP0226 1.1 clauses 10.2.5 to 10.2.10 and 10.6.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/wsman/subscribe_wish.h"

namespace muster::wsman {

enum class Ack : std::uint8_t { not_wanted, wanted };

struct SinkHead {
  const EndpointReference& to;  // its reference parameters become headers
  std::string_view message_id;
  Ack ack = Ack::not_wanted;
  std::string_view bookmark = {};  // empty: none is sent
};

std::string event_message(const SinkHead& head, std::string_view item);
// wsman:Events with one wsman:Event for each item.
std::string events_message(const SinkHead& head, std::span<const std::string> items);
std::string heartbeat_message(const SinkHead& head);
std::string dropped_events_message(const SinkHead& head, std::uint64_t count);

enum class EndStatus : std::uint8_t { delivery_failure, source_cancelling };
// `head.to` is the subscription's EndTo.
std::string subscription_end_message(const SinkHead& head, std::string_view identifier, EndStatus status,
                                     std::string_view reason);

// Pieces that answers of the service hold as well.
std::string dropped_events_element(std::uint64_t count);
std::string bookmark_header(std::string_view bookmark);

}  // namespace muster::wsman
