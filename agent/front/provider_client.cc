// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/front/provider_client.h"

#include <algorithm>
#include <utility>

#include "agent/host/call.h"
#include "agent/host/fetch.h"
#include "agent/ipc/arguments.h"
#include "core/base/log.h"

namespace muster::agent {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

ProviderClient::ProviderClient(http::Loop& loop, std::vector<const cim::Class*> classes,
                               const ipc::Activity& activity, std::chrono::milliseconds patience,
                               std::function<void()> stuck)
    : loop_(loop),
      classes_(std::move(classes)),
      activity_(activity),
      patience_(patience),
      stuck_(std::move(stuck)) {
  sweeper_ = loop_.every(250ms, [this] { sweep(); });
}

// Of what was asked before only the first may be to blame when the host died: the others had not begun.
void ProviderClient::connect(Fd socket) {
  readable_.reset();
  writable_.reset();
  channel_.emplace(std::move(socket), ipc::Party::front, ipc::Party::providers, ipc::State::serving);
  readable_ = loop_.when_readable(channel_->fd(), [this] { arrived(); });
  const bool died = !std::exchange(reported_stuck_, false);
  last_heard_ = Clock::now();
  send_notes();
  std::erase_if(calls_, [](const auto& entry) { return !entry.second.done; });
  std::optional<std::uint64_t> given_up;
  std::vector<ipc::Frame> again;  // sent after the walk: sending may end a call
  for (auto& [id, call] : calls_) {
    const bool first = id == calls_.begin()->first;
    if (died && first && std::exchange(call.asked_again, true)) {
      given_up = id;
      continue;
    }
    call.rows = {};
    call.asked = last_heard_;
    again.push_back(call.frame);
  }
  for (const auto& frame : again) send(frame);
  if (!given_up) return;
  quarantine_.add(calls_.at(*given_up).frame.fields[1], last_heard_);
  finish(*given_up, fail(Errc::internal, "the provider host died twice over this request"));
}

void ProviderClient::send_notes() {
  for (const auto& note : quarantine_.notes(Clock::now())) {
    send({ipc::Tag::unwell,
          0,
          {note.class_name, std::to_string(note.hangs), std::to_string(note.left.count())}});
  }
}

void ProviderClient::fetch(const wsman::Query& query, std::chrono::milliseconds deadline, Done done) {
  ask(fetch_frame(0, query), deadline, std::move(done));
}

void ProviderClient::invoke(const cim::Invocation& call, std::chrono::milliseconds deadline,
                            std::function<void(Result<cim::Arguments>)> done) {
  ask(call_frame(0, call), deadline, [done = std::move(done)](const Result<wsman::Rows>& rows) {
    done(rows ? ipc::parse_arguments(*rows) : fail(rows.error()));
  });
}

void ProviderClient::ask(ipc::Frame frame, std::chrono::milliseconds deadline, Done done) {
  if (calls_.size() >= kMaxOutstanding) {
    done(fail(Errc::timeout, "too many requests are waiting for the providers"));
    return;
  }
  const auto now = Clock::now();
  const std::string& class_name = frame.fields.at(1);
  if (const auto left = quarantine_.left(class_name, now); left.count() > 0) {
    done(fail(Errc::timeout, class_name + ": its provider hung; it is asked again in " +
                                 std::to_string(left.count()) + " s"));
    return;
  }
  const std::uint64_t id = next_id_++;
  auto& call = calls_[id];
  call.frame = std::move(frame);
  call.frame.id = id;
  call.asked = now;
  call.deadline = now + deadline;
  call.done = std::move(done);
  if (ipc::encoded_size(call.frame) > ipc::kMaxFrameBytes || call.frame.fields.size() > ipc::kMaxFields) {
    finish(id, fail(Errc::malformed, "the selectors or arguments are too long"));
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
  quarantine_.answered(found->second.frame.fields[1]);
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

void ProviderClient::answer_late_calls(Clock::time_point now) {
  std::vector<Done> late;
  for (auto& [id, call] : calls_) {
    if (call.deadline <= now && call.done) late.push_back(std::exchange(call.done, nullptr));
  }
  for (const auto& done : late) done(fail(Errc::timeout, "the provider has not answered in time"));
}

std::string ProviderClient::class_at_work() const {
  const auto at = activity_.host_is_at();
  if (at && *at < classes_.size()) return std::string(classes_[*at]->name());
  return calls_.begin()->second.frame.fields[1];
}

void ProviderClient::give_up_on_host(Clock::time_point now) {
  const std::string class_name = class_at_work();
  const auto pause = quarantine_.add(class_name, now);
  log::error("front", "provider host: hangs at " + class_name + " for " +
                          std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(
                                             now - std::max(last_heard_, calls_.begin()->second.asked))
                                             .count()) +
                          " ms: it is replaced, and the class not asked for " +
                          std::to_string(pause.count()) + " s");
  std::vector<std::uint64_t> over;
  for (const auto& [id, call] : calls_) {
    if (call.frame.fields[1] == class_name) over.push_back(id);
  }
  for (const auto id : over) finish(id, fail(Errc::timeout, class_name + ": the provider hangs"));
  reported_stuck_ = true;
  stuck_();
}

// A host that works through a queue is heard of; one that hangs is not.
void ProviderClient::sweep() {
  const auto now = Clock::now();
  answer_late_calls(now);
  if (!channel_ || calls_.empty() || reported_stuck_) return;
  const auto silent_since = std::max(last_heard_, calls_.begin()->second.asked);
  if (now - silent_since > patience_) give_up_on_host(now);
}

}  // namespace muster::agent
