// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/event_message.h"

#include <utility>

#include "core/wsman/escape.h"
#include "core/wsman/names.h"
#include "core/wsman/reply_headers.h"
#include "core/wsman/writer.h"

namespace muster::wsman {
namespace {

constexpr std::string_view kAckRequested = "<wsman:AckRequested/>";

Envelope open(const SinkHead& head, std::string_view action) {
  Envelope envelope = sink_envelope({head.to.address, action, head.message_id, head.ack == Ack::wanted});
  std::string blocks = head.to.headers;
  if (!head.bookmark.empty()) blocks += bookmark_header(head.bookmark);
  if (head.ack == Ack::wanted) blocks += kAckRequested;
  insert_headers(envelope, blocks);
  return envelope;
}

}  // namespace

std::string bookmark_header(std::string_view bookmark) {
  std::string out = "<wsman:Bookmark>";
  append_escaped(out, bookmark);
  return out.append("</wsman:Bookmark>");
}

std::string dropped_events_element(std::uint64_t count) {
  std::string out = "<wsman:DroppedEvents Action=\"";
  return out.append(names::kEvent)
      .append("\">")
      .append(std::to_string(count))
      .append("</wsman:DroppedEvents>");
}

std::string event_message(const SinkHead& head, std::string_view item) {
  return open(head, names::kEvent).with(item);
}

std::string events_message(const SinkHead& head, std::span<const std::string> items) {
  std::string body = "<wsman:Events>";
  for (const std::string& item : items) {
    body.append("<wsman:Event Action=\"").append(names::kEvent).append("\">");
    body.append(item).append("</wsman:Event>");
  }
  body.append("</wsman:Events>");
  return open(head, names::kEvents).with(body);
}

std::string heartbeat_message(const SinkHead& head) {
  return open(head, names::kHeartbeat).with("");
}

std::string dropped_events_message(const SinkHead& head, std::uint64_t count) {
  return open(head, names::kDroppedEvents).with(dropped_events_element(count));
}

std::string subscription_end_message(const SinkHead& head, std::string_view identifier, EndStatus status,
                                     std::string_view reason) {
  std::string body = "<wse:SubscriptionEnd xmlns:wse=\"";
  body.append(names::kEventing).append("\"><wse:SubscriptionManager><wsa:Address>").append(names::kAnonymous);
  body.append("</wsa:Address><wsa:ReferenceParameters><wse:Identifier>");
  append_escaped(body, identifier);
  body.append("</wse:Identifier></wsa:ReferenceParameters></wse:SubscriptionManager><wse:Status>");
  body.append(names::kEventing);
  body.append(status == EndStatus::delivery_failure ? "/DeliveryFailure" : "/SourceCanceling");
  body.append("</wse:Status><wse:Reason xml:lang=\"en-US\">");
  append_escaped(body, reason);
  body.append("</wse:Reason></wse:SubscriptionEnd>");
  return open(head, names::kSubscriptionEnd).with(body);
}

}  // namespace muster::wsman
