// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/front/courier_client.h"

#include <algorithm>
#include <utility>

#include "agent/courier/frames.h"
#include "core/base/log.h"
#include "core/wsman/subscription.h"

namespace muster::agent {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;
using wsman::Fault;

CourierClient::CourierClient(http::Loop& loop, const std::vector<std::string>& destinations,
                             std::function<void()> ask)
    : loop_(loop), destinations_(destinations), sends_anywhere_(!destinations.empty()), ask_(std::move(ask)) {
  sweeper_ = loop_.every(1s, [this] { sweep(); });
}

void CourierClient::resume() {
  if (!sends_anywhere_ || channel_ || std::exchange(asked_, true)) return;
  ask_();
}

void CourierClient::connect(Fd socket) {
  asked_ = false;
  resumed_.clear();
  readable_.reset();
  writable_.reset();
  channel_.emplace(std::move(socket), ipc::Party::front, ipc::Party::courier, ipc::State::serving);
  readable_ = loop_.when_readable(channel_->fd(), [this] { arrived(); });
  last_sent_ = 0;
  send();
}

void CourierClient::open(const wsman::Order& order, std::function<void(std::optional<Fault>)> done) {
  ask(courier::order_frame(ipc::Tag::order, 0, order), std::move(done), Patience::limited);
}

void CourierClient::put(const std::string& stream, const std::string& item, Done done) {
  if (item.size() > kMaxItem) {
    log::warning("front", "an event of more than 40,000 octets is not sent");
    if (done) return done(Fault{wsman::FaultCode::encoding_limit});
    return lose(stream);
  }
  ipc::Frame frame{ipc::Tag::put, 0, {stream, item}};
  if (done) frame.fields.emplace_back(courier::kAgain);
  ask(std::move(frame), std::move(done), Patience::endless);
}

void CourierClient::renew(const std::string& id, std::chrono::milliseconds lifetime) {
  notify({ipc::Tag::renew, 0, {id, courier::milliseconds_text(lifetime)}});
}

void CourierClient::close(const std::string& id) {
  notify({ipc::Tag::close, 0, {id}});
}

void CourierClient::end(const std::string& id, const std::string& why) {
  notify({ipc::Tag::close, 0, {id, why}});
}

bool CourierClient::has_room_for(std::size_t bytes) const {
  return unsettled_.size() - notices_ < kMaxUnsettled && unsettled_bytes_ + bytes <= kMaxUnsettledBytes;
}

void CourierClient::ask(ipc::Frame frame, Done done, Patience patience) {
  const std::size_t bytes = ipc::encoded_size(frame);
  if (!has_room_for(bytes) || bytes > ipc::kMaxFrameBytes) {
    log::warning("front", "the courier cannot take any more now");
    if (done) return done(Fault{wsman::FaultCode::quota_limit, "the agent cannot keep this now"});
    return lose(frame.fields[0]);
  }
  const auto until = patience == Patience::limited ? Clock::now() + kPatience : Clock::time_point::max();
  add({std::move(frame), bytes, std::move(done), until});
}

// The first word that a subscription has ended counts, and the last of how long it lives.
void CourierClient::notify(ipc::Frame frame) {
  const std::string& id = frame.fields[0];
  if (is_closing(id)) return;
  const auto earlier = std::find_if(unsettled_.begin(), unsettled_.end(), [&](const auto& each) {
    return each.second.frame.tag == frame.tag && each.second.frame.fields[0] == id;
  });
  if (earlier != unsettled_.end()) remove(earlier);
  if (notices_ >= kMaxNotices) return log::warning("front", "the courier cannot be told any more now");
  add({std::move(frame), 0, nullptr, Clock::time_point::max()});
}

void CourierClient::add(Question question) {
  question.frame.id = next_id_++;
  unsettled_bytes_ += question.bytes;
  if (question.bytes == 0) ++notices_;
  unsettled_.emplace(question.frame.id, std::move(question));
  if (channel_) return send();
  if (!std::exchange(asked_, true)) ask_();
}

CourierClient::Done CourierClient::remove(Questions::iterator question) {
  unsettled_bytes_ -= question->second.bytes;
  if (question->second.bytes == 0) --notices_;
  Done done = std::move(question->second.done);
  unsettled_.erase(question);
  return done;
}

// There are not more streams than subscriptions.
void CourierClient::lose(const std::string& stream) {
  if (lost_.contains(stream) || lost_.size() < wsman::Subscriptions::kInAll) ++lost_[stream];
}

void CourierClient::tell_losses() {
  for (auto each = lost_.begin(); each != lost_.end();) {
    ipc::Frame frame = courier::lost_frame(each->first, each->second);
    const std::size_t bytes = ipc::encoded_size(frame);
    if (!has_room_for(bytes)) return;
    each = lost_.erase(each);
    add({std::move(frame), bytes, nullptr, Clock::time_point::max()});
  }
}

// The next ones follow when the socket takes them. A dead courier shows on the reading side.
void CourierClient::send() {
  while (channel_ && !channel_->queued()) {
    const auto next = unsettled_.upper_bound(last_sent_);
    if (next == unsettled_.end()) return;
    last_sent_ = next->first;
    next->second.sent = true;
    static_cast<void>(channel_->send(next->second.frame).has_value());
  }
  if (!channel_ || writable_) return;
  writable_ = loop_.when_writable(channel_->fd(), [this] { flush(); });
}

void CourierClient::flush() {
  if (!channel_) return;
  static_cast<void>(channel_->flush().has_value());
  if (channel_->queued()) return;
  writable_.reset();
  send();
}

void CourierClient::arrived() {
  while (channel_) {
    auto arrival = channel_->receive();
    if (!arrival) {
      log::warning("front", "courier: " + arrival.error().what + "; asking for another one");
      return lost();
    }
    const auto& next = *arrival;
    if (!next) return;
    take(next->frame);
  }
}

void CourierClient::lost() {
  readable_.reset();
  writable_.reset();
  channel_.reset();
  listener_.restarted();
  if ((sends_anywhere_ || !unsettled_.empty()) && !std::exchange(asked_, true)) ask_();
}

void CourierClient::take(const ipc::Frame& frame) {
  const auto& fields = frame.fields;
  if (frame.tag == ipc::Tag::settled) {
    const auto fault = courier::parse_settled(frame);
    return settle(frame.id, fault ? *fault : Fault{});
  }
  if (frame.tag == ipc::Tag::resumed && fields.empty()) {
    all_resumed();
  } else if (frame.tag == ipc::Tag::resumed) {
    const auto order = courier::parse_order(frame);
    if (!order) return;
    resumed_.insert(order->id);
    if (!is_closing(order->id)) listener_.resumed(*order);
  } else if (frame.tag == ipc::Tag::ended && fields.size() == 1) {
    listener_.ended(fields[0]);
  } else if (frame.tag == ipc::Tag::arrived && fields.size() == 3) {
    listener_.arrived(fields[0], {fields[1], fields[2]});
  } else if (const auto dropped = courier::parse_dropped(frame)) {
    listener_.dropped(fields[0], *dropped);
  }
}

// What it was asked for and has not settled is no loss: it hears of that in a moment.
void CourierClient::all_resumed() {
  auto ids = std::exchange(resumed_, {});
  for (const auto& [id, question] : unsettled_) {
    if (question.frame.tag == ipc::Tag::order) ids.insert(question.frame.fields[0]);
  }
  listener_.all_resumed(ids);
}

// It ended here while the courier was being replaced: the new one hears of that in a moment.
bool CourierClient::is_closing(const std::string& id) const {
  return std::any_of(unsettled_.begin(), unsettled_.end(), [&](const auto& each) {
    return each.second.frame.tag == ipc::Tag::close && each.second.frame.fields[0] == id;
  });
}

void CourierClient::settle(std::uint64_t id, const std::optional<Fault>& fault) {
  const auto found = unsettled_.find(id);
  if (found == unsettled_.end()) return;
  const Done done = remove(found);
  if (done) done(fault);
}

// Whoever waits to subscribe is told; the subscription, should it be kept after all, is closed again.
void CourierClient::sweep() {
  std::vector<std::uint64_t> late;
  for (const auto& [id, question] : unsettled_) {
    if (question.until <= Clock::now()) late.push_back(id);
  }
  for (const auto id : late) {
    const auto found = unsettled_.find(id);
    if (found == unsettled_.end()) continue;
    const std::string subscription = found->second.frame.fields[0];
    const bool may_be_kept = found->second.sent;
    settle(id,
           Fault{wsman::FaultCode::endpoint_unavailable, "what keeps the agent's events does not answer"});
    if (may_be_kept) close(subscription);
  }
  tell_losses();
}

}  // namespace muster::agent
