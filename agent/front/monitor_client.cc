// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/front/monitor_client.h"

#include <utility>

#include "core/base/log.h"

namespace muster::agent {

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
    if (!*arrival) return;
    take(std::move(**arrival));
  }
}

void MonitorClient::take(ipc::Arrival arrival) {
  ipc::Frame& frame = arrival.frame;
  if (frame.tag == ipc::Tag::providers) return events_.providers(std::move(arrival.descriptor));
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
