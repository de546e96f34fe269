// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/front/courier_client.h"

#include <algorithm>
#include <utility>

#include "agent/courier/frames.h"
#include "core/base/log.h"

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
  std::vector<ipc::Frame> again;
  for (const auto& [id, question] : unsettled_) again.push_back(question.frame);
  for (const auto& frame : again) {
    if (channel_) send(frame);
  }
}

void CourierClient::open(const wsman::Order& order, std::function<void(std::optional<Fault>)> done) {
  ask(courier::order_frame(ipc::Tag::order, 0, order), std::move(done), Patience::limited);
}

void CourierClient::put(const std::string& stream, const std::string& item, Done done) {
  if (item.size() > kMaxItem) {
    log::warning("front", "an event of more than 40,000 octets is not sent");
    if (done) done(Fault{wsman::FaultCode::encoding_limit});
    return;
  }
  ipc::Frame frame{ipc::Tag::put, 0, {stream, item}};
  if (done) frame.fields.emplace_back(courier::kAgain);
  ask(std::move(frame), std::move(done), Patience::endless);
}

void CourierClient::renew(const std::string& id, std::chrono::milliseconds lifetime) {
  ask({ipc::Tag::renew, 0, {id, courier::milliseconds_text(lifetime)}}, nullptr, Patience::endless);
}

void CourierClient::close(const std::string& id) {
  ask({ipc::Tag::close, 0, {id}}, nullptr, Patience::endless);
}

void CourierClient::end(const std::string& id, const std::string& why) {
  ask({ipc::Tag::close, 0, {id, why}}, nullptr, Patience::endless);
}

void CourierClient::ask(ipc::Frame frame, Done done, Patience patience) {
  frame.id = next_id_++;
  const std::size_t bytes = ipc::encoded_size(frame);
  const bool full = unsettled_.size() >= kMaxUnsettled || unsettled_bytes_ + bytes > kMaxUnsettledBytes;
  if (full || bytes > ipc::kMaxFrameBytes) {
    log::warning("front", "the courier cannot take any more now");
    if (done) done(Fault{wsman::FaultCode::quota_limit, "the agent cannot keep this now"});
    return;
  }
  unsettled_bytes_ += bytes;
  const auto until = patience == Patience::limited ? Clock::now() + kPatience : Clock::time_point::max();
  const auto& kept = unsettled_.emplace(frame.id, Question{std::move(frame), bytes, std::move(done), until})
                         .first->second.frame;
  if (channel_) return send(kept);
  if (!std::exchange(asked_, true)) ask_();
}

void CourierClient::send(const ipc::Frame& frame) {
  if (auto sent = channel_->send(frame); !sent && sent.error().code == Errc::timeout) {
    log::error("front", sent.error());  // unsettled: the next courier gets it
    return lost();
  }
  if (!channel_->queued() || writable_) return;
  writable_ = loop_.when_writable(channel_->fd(), [this] {
    static_cast<void>(channel_->flush().has_value());  // a dead courier shows on the reading side
    if (!channel_->queued()) writable_.reset();
  });
}

void CourierClient::arrived() {
  while (channel_) {
    auto arrival = channel_->receive();
    if (!arrival) {
      log::warning("front", "courier: " + arrival.error().what + "; asking for another one");
      return lost();
    }
    if (!*arrival) return;
    take((*arrival)->frame);
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
  unsettled_bytes_ -= found->second.bytes;
  const Done done = std::move(found->second.done);
  unsettled_.erase(found);
  if (done) done(fault);
}

// Whoever waits to subscribe is told; the subscription, should it be kept after all, is closed again.
void CourierClient::sweep() {
  std::vector<std::uint64_t> late;
  for (const auto& [id, question] : unsettled_) {
    if (question.until <= Clock::now()) late.push_back(id);
  }
  for (const auto id : late) {
    const std::string subscription = unsettled_.at(id).frame.fields[0];
    settle(id,
           Fault{wsman::FaultCode::endpoint_unavailable, "what keeps the agent's events does not answer"});
    close(subscription);
  }
}

}  // namespace muster::agent
