// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/front/provider_client.h"

#include <algorithm>
#include <utility>

#include "agent/host/fetch.h"
#include "core/base/log.h"

namespace muster::agent {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

ProviderClient::ProviderClient(http::Loop& loop, std::vector<const cim::Class*> classes,
                               std::function<void()> stuck)
    : loop_(loop), classes_(std::move(classes)), stuck_(std::move(stuck)) {
  sweeper_ = loop_.every(250ms, [this] { sweep(); });
}

void ProviderClient::connect(Fd socket) {
  readable_.reset();
  writable_.reset();
  channel_.emplace(std::move(socket), ipc::Party::front, ipc::Party::providers, ipc::State::serving);
  readable_ = loop_.when_readable(channel_->fd(), [this] { arrived(); });
  reported_stuck_ = false;
  last_heard_ = Clock::now();
  std::vector<std::uint64_t> given_up;
  std::vector<ipc::Frame> again;  // sent after the walk: sending may end a call
  for (auto& [id, call] : calls_) {
    if (!call.done || std::exchange(call.asked_again, true)) {
      given_up.push_back(id);
    } else {
      call.rows = {};
      again.push_back(call.frame);
    }
  }
  for (const auto& frame : again) send(frame);
  for (const auto id : given_up) {
    finish(id, fail(Errc::internal, "the provider host died twice over this request"));
  }
}

void ProviderClient::fetch(const wsman::Query& query, std::chrono::milliseconds deadline, Done done) {
  if (calls_.size() >= kMaxOutstanding) {
    done(fail(Errc::timeout, "too many requests are waiting for the providers"));
    return;
  }
  if (calls_.empty()) last_heard_ = Clock::now();  // silence counts from the first question
  const std::uint64_t id = next_id_++;
  auto& call = calls_[id];
  call.frame = fetch_frame(id, query);
  call.deadline = Clock::now() + deadline;
  call.done = std::move(done);
  if (ipc::encoded_size(call.frame) > ipc::kMaxFrameBytes || call.frame.fields.size() > ipc::kMaxFields) {
    finish(id, fail(Errc::malformed, "the selectors are too long"));
    return;
  }
  if (channel_) send(call.frame);
}

void ProviderClient::send(const ipc::Frame& frame) {
  if (auto sent = channel_->send(frame); !sent) {
    if (sent.error().code != Errc::timeout) return;  // the reading side notices that the peer is gone
    finish(frame.id, fail(sent.error()));
    return;
  }
  if (!channel_->queued() || writable_) return;
  writable_ = loop_.when_writable(channel_->fd(), [this] {
    static_cast<void>(channel_->flush().has_value());  // a dead peer shows on the reading side
    if (!channel_->queued()) writable_.reset();
  });
}

void ProviderClient::arrived() {
  do {
    auto arrival = channel_->receive();
    if (!arrival) return lost(arrival.error());
    if (!*arrival) return;
    take(std::move((*arrival)->frame));
  } while (channel_ && !calls_.empty());  // nothing comes unasked: the loop tells when the host is gone
}

void ProviderClient::take(ipc::Frame frame) {
  last_heard_ = Clock::now();
  const auto found = calls_.find(frame.id);
  if (found == calls_.end()) return;  // a late answer to somebody who has gone
  if (frame.tag == ipc::Tag::rows) {
    const auto id = frame.id;
    auto& rows = found->second.rows;
    if (auto added = rows.add(std::move(frame), kMaxAnswerBytes); !added) {
      finish(id, fail(added.error()));
    } else if (rows.over()) {
      finish(id, rows.take());
    }
    return;
  }
  if (auto outcome = outcome_of(frame); !outcome) {
    finish(frame.id, fail(outcome.error()));
  } else if (found->second.rows.unfinished()) {
    finish(frame.id, fail(Errc::malformed, "rows: the answer ends within a row"));
  } else {
    finish(frame.id, found->second.rows.take());
  }
}

void ProviderClient::finish(std::uint64_t id, Result<wsman::Rows> result) {
  const auto found = calls_.find(id);
  if (found == calls_.end()) return;
  const Done done = std::move(found->second.done);
  calls_.erase(found);  // first: done() may fetch again
  if (done) done(std::move(result));
}

void ProviderClient::lost(const Error& why) {
  log::warning("front", "provider host: " + why.what + "; waiting for a fresh one");
  readable_.reset();
  writable_.reset();
  channel_.reset();
}

void ProviderClient::sweep() {
  const auto now = Clock::now();
  std::vector<Done> late;
  bool overdue = false;
  for (auto& [id, call] : calls_) {
    if (call.deadline > now) continue;
    if (call.done) late.push_back(std::exchange(call.done, nullptr));
    overdue = true;
  }
  for (const auto& done : late) done(fail(Errc::timeout, "the provider has not answered in time"));
  // A host that works through a queue is heard of; one that hangs is not.
  const bool hangs = channel_ && overdue && now - last_heard_ > kPatience;
  if (!hangs || std::exchange(reported_stuck_, true)) return;
  log::error("front", "provider host: hangs");
  stuck_();
}

}  // namespace muster::agent
