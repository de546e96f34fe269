// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/outbox.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "agent/courier/bookmark.h"

namespace muster::courier {
namespace {

using std::chrono::seconds;
using wsman::Ack;
using wsman::DeliveryMode;
using wsman::Oversize;

constexpr std::size_t kRoomOfHead = 2048;  // of an envelope, besides what the subscriber gave
constexpr std::size_t kRoomOfItem = 128;   // around an event in a batch
constexpr unsigned kMaxDoublings = 9;

}  // namespace

std::uint32_t Outbox::batch() const {
  if (wish_.mode != DeliveryMode::events) return 1;
  return std::min(wish_.max_elements.value_or(kUsualBatch), kLargestBatch);
}

Outbox::Message Outbox::fresh() const {
  const Ack ack = wish_.mode == DeliveryMode::push ? Ack::not_wanted : Ack::wanted;
  return {{}, wsman::message_id(random_), ack};
}

wsman::SinkHead Outbox::head(const Message& message) const {
  return {wish_.notify_to, message.id, message.ack, {}};
}

Result<std::optional<Outbox::Message>> Outbox::next(const EventLog& log, Time now) {
  if (under_way_ || now < not_before_) return std::optional<Message>{};
  if (!sending_) {
    skip_what_is_gone(log);
    const std::uint64_t waiting = log.last() - std::min(position_.taken, log.last());
    if (position_.dropped > position_.told) {
      sending_ = with_drops();
    } else if (waiting > 0 && is_time_for_events(waiting, now)) {
      auto events = with_events(log);
      if (!events) return fail(events.error());
      sending_ = std::move(*events);
    } else if (wish_.heartbeats && now - last_sent_ >= *wish_.heartbeats) {
      sending_ = with_heartbeat();
    }
  }
  if (!sending_) return std::optional<Message>{};
  under_way_ = true;
  return std::optional<Message>(sending_->message);
}

// The stream was full and gave up what this sink has not taken.
void Outbox::skip_what_is_gone(const EventLog& log) {
  if (position_.taken + 1 >= log.first()) return;
  position_.dropped += log.first() - 1 - position_.taken;
  position_.taken = log.first() - 1;
}

bool Outbox::is_time_for_events(std::uint64_t waiting, Time now) {
  if (wish_.mode != DeliveryMode::events || waiting >= batch()) return true;
  if (!waiting_since_) waiting_since_ = now;
  return now - *waiting_since_ >= wish_.max_time.value_or(kUsualMaxTime);
}

// As many as the batch and the size allow. None: the one that does not fit was passed over.
Result<std::optional<Outbox::Sending>> Outbox::with_events(const EventLog& log) {
  const std::size_t fixed = kRoomOfHead + wish_.notify_to.headers.size() + wish_.notify_to.address.size();
  const std::size_t room = wish_.max_envelope > fixed ? wish_.max_envelope - fixed : 0;
  std::vector<std::string> items;
  std::size_t size = 0;
  std::uint64_t number = position_.taken + 1;
  for (; number <= log.last() && items.size() < batch(); ++number) {
    size += log.size_of(number) + kRoomOfItem;
    if (size > room) break;
    auto item = log.read(number);
    if (!item) return fail(item.error());
    items.push_back(std::move(*item));
  }
  if (items.empty()) {
    if (wish_.oversize == Oversize::cancels) {
      return fail(Errc::unsupported, "an event is larger than the subscriber's MaxEnvelopeSize");
    }
    ++position_.taken;
    if (wish_.oversize == Oversize::notified) ++position_.dropped;
    return std::optional<Sending>{};
  }
  Sending sending{fresh(), number - 1, position_.told};
  wsman::SinkHead to = head(sending.message);
  const std::string bookmark = wish_.send_bookmarks ? bookmark_of(log, sending.taken) : "";
  to.bookmark = bookmark;
  sending.message.text = wish_.mode == DeliveryMode::events ? wsman::events_message(to, items)
                                                            : wsman::event_message(to, items.front());
  return std::optional<Sending>(std::move(sending));
}

Outbox::Sending Outbox::with_drops() {
  Sending sending{fresh(), position_.taken, position_.dropped};
  sending.message.text = wsman::dropped_events_message(head(sending.message), position_.dropped);
  return sending;
}

Outbox::Sending Outbox::with_heartbeat() {
  Sending sending{fresh(), position_.taken, position_.told};
  sending.message.text = wsman::heartbeat_message(head(sending.message));
  return sending;
}

Outbox::Outcome Outbox::received(const wsman::SinkReply& reply, Time now) {
  under_way_ = false;
  if (!sending_) return Outcome::goes_on;
  if (reply.reception == wsman::Reception::refused) return Outcome::refused;
  if (reply.reception == wsman::Reception::taken) {
    position_.taken = std::max(position_.taken, sending_->taken);
    position_.told = sending_->told;
    sending_.reset();
    waiting_since_.reset();
    failures_ = 0;
    last_sent_ = now;
    return Outcome::goes_on;
  }
  ++failures_;
  if (wish_.retry && failures_ > wish_.retry->times) return Outcome::given_up;
  const seconds pause = wish_.retry
                            ? wish_.retry->pause
                            : std::min(kLongestPause, seconds(1U << std::min(failures_ - 1, kMaxDoublings)));
  not_before_ = now + pause;
  return Outcome::goes_on;
}

}  // namespace muster::courier
