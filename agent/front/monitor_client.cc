// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/front/monitor_client.h"

#include <utility>

#include "agent/host/rows_writer.h"
#include "core/base/log.h"

namespace muster::agent {

namespace {

// Tag::done of the monitor. It has one word more than the codes of errors, for what only a client is told.
wsman::Fault refusal_of(const ipc::Frame& done) {
  if (done.fields.size() == 2 && done.fields[0] == kTooMany) {
    return {wsman::FaultCode::quota_limit, done.fields[1]};
  }
  const auto outcome = outcome_of(done);
  return outcome ? wsman::Fault{} : wsman::to_fault(outcome.error());
}

}  // namespace

MonitorClient::MonitorClient(http::Loop& loop, Fd socket, Events events)
    : loop_(loop),
      channel_(std::move(socket), ipc::Party::front, ipc::Party::monitor, ipc::State::starting),
      events_(std::move(events)) {
  readable_ = loop_.when_readable(channel_.fd(), [this] { arrived(); });
}

void MonitorClient::say_ready() {
  if (auto sent = send({ipc::Tag::ready, 0, {}}); !sent) log::error("front", sent.error());
  channel_.enter(ipc::State::serving);
}

void MonitorClient::say_stuck() {
  if (auto sent = send({ipc::Tag::stuck, 0, {}}); !sent) log::error("front", sent.error());
}

void MonitorClient::ask_for_courier() {
  if (auto sent = send({ipc::Tag::wants_courier, 0, {}}); !sent) log::error("front", sent.error());
}

void MonitorClient::authenticate(const auth::Credentials& credentials, const std::string& source,
                                 Answer answer) {
  const std::uint64_t id = next_id_++;
  ipc::Frame frame{
      ipc::Tag::authenticate, id, {credentials.user, std::string(credentials.password.reveal()), source}};
  const auto sent = send(frame);
  wipe(frame.fields[1]);
  if (!sent) {
    log::error("front", sent.error());
    answer(std::nullopt);
    return;
  }
  waiting_.emplace(id, std::move(answer));
}

void MonitorClient::unwatch(const std::string& name) {
  if (auto sent = send({ipc::Tag::unwatch, 0, {name}}); !sent) log::error("front", sent.error());
}

void MonitorClient::vouch(const std::string& name, const ipc::Caller& caller) {
  const ipc::Frame frame{
      ipc::Tag::vouch, 0, {name, std::string(ipc::word_of(caller.kind)), caller.name, caller.proof}};
  if (auto sent = send(frame); !sent) log::error("front", sent.error());
}

void MonitorClient::ask_for_executor(ipc::Tag tag, const ipc::RunOrder& order,
                                     std::function<void(RunAnswer)> answer) {
  const std::uint64_t id = next_id_++;
  std::vector<ipc::Frame> frames;
  const auto keep = [&frames](const ipc::Frame& frame) -> Result<void> {
    frames.push_back(frame);
    return {};
  };
  RowsWriter writer(id, keep, tag);
  for (const auto& row : ipc::run_rows(order)) writer.add(row);
  const auto written = writer.finish({});
  if (const auto sent = written ? send_all(frames) : written; !sent) {
    log::error("front", sent.error());
    return answer(wsman::to_fault(sent.error()));
  }
  ordered_.emplace(id, std::move(answer));
}

// All of them or none: the monitor takes the rest of an order for the beginning of the next, and ends us for it.
Result<void> MonitorClient::send_all(const std::vector<ipc::Frame>& frames) {
  if (channel_.room() < frames.size()) {
    return fail(Errc::timeout, "monitor: too many orders wait for it");
  }
  for (const auto& frame : frames) {
    if (auto sent = send(frame); !sent) return sent;
  }
  return {};
}

void MonitorClient::take_run_answer(ipc::Arrival arrival) {
  const auto found = ordered_.find(arrival.frame.id);
  if (found == ordered_.end()) return;
  const auto answer = std::move(found->second);
  ordered_.erase(found);
  if (arrival.frame.tag == ipc::Tag::executor) return answer(std::move(arrival.descriptor));
  answer(refusal_of(arrival.frame));
}

Result<void> MonitorClient::send(const ipc::Frame& frame) {
  auto sent = channel_.send(frame);
  if (!sent || !channel_.queued() || writable_) return sent;
  writable_ = loop_.when_writable(channel_.fd(), [this] {
    static_cast<void>(channel_.flush().has_value());  // a dead monitor shows on the reading side
    if (!channel_.queued()) writable_.reset();
  });
  return sent;
}

void MonitorClient::arrived() {
  for (;;) {
    auto arrival = channel_.receive();
    if (!arrival) {
      readable_.reset();
      events_.gone();
      return;
    }
    auto& next = *arrival;
    if (!next) return;
    take(std::move(*next));
  }
}

void MonitorClient::take(ipc::Arrival arrival) {
  ipc::Frame& frame = arrival.frame;
  if (frame.tag == ipc::Tag::executor || frame.tag == ipc::Tag::done) {
    return take_run_answer(std::move(arrival));
  }
  if (frame.tag == ipc::Tag::providers) return events_.providers(std::move(arrival.descriptor));
  if (frame.tag == ipc::Tag::courier) return events_.courier(std::move(arrival.descriptor));
  if (frame.tag == ipc::Tag::identity) {
    if (frame.fields.size() == 2) events_.identity(std::move(frame.fields[0]), std::move(frame.fields[1]));
    return;
  }
  if (frame.tag == ipc::Tag::settings) {
    if (events_.settings) events_.settings(frame);
    return;
  }
  const auto found = waiting_.find(frame.id);
  if (found == waiting_.end()) return;
  const Answer answer = std::move(found->second);
  waiting_.erase(found);
  answer(auth::Principal::from_monitor(frame));
}

}  // namespace muster::agent
