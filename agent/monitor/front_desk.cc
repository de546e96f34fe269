// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/front_desk.h"

#include <algorithm>
#include <chrono>
#include <csignal>

#include "agent/auth/principal.h"
#include "agent/ipc/run_order.h"
#include "agent/settings.h"
#include "core/base/log.h"

namespace muster::agent {
namespace {

auth::Policy policy_of(const Config& config) {
  return {config.pam_service, config.basic_allow_root};
}

}  // namespace

FrontDesk::FrontDesk(const Config& config, Workers& workers, std::function<void()> serves)
    : config_(config),
      workers_(workers),
      serves_call_(std::move(serves)),
      logins_(policy_of(config_), penalty_rules(config_),
              [this](std::uint64_t id, bool accepted, const std::string& user) { tell(id, accepted, user); }),
      executors_(config_, tickets_,
                 {[this](std::uint64_t id, std::string_view code, const std::string& why) {
                    send({ipc::Tag::done, id, {std::string(code), why}});
                  },
                  [this](std::uint64_t id, const Fd& front) {
                    send({ipc::Tag::executor, id, {}}, front.get());
                  },
                  [this] { forget_secrets(); }}) {}

void FrontDesk::open(Fd channel) {
  identity_unsent_ = false;
  settings_unsent_ = false;
  host_for_later_.reset();
  channel_.emplace(std::move(channel), ipc::Party::monitor, ipc::Party::front, ipc::State::starting);
}

void FrontDesk::close() {
  serves_ = false;
  wants_courier_ = false;
  channel_.reset();
  logins_.clear();
  executors_.clear();
  order_.reset();
}

void FrontDesk::end_front() {
  workers_.front().signal(SIGKILL);
}

void FrontDesk::hand_host(Fd channel) {
  host_for_later_ = std::move(channel);
  if (!serves_) return;
  send({ipc::Tag::providers, 0, {}}, host_for_later_.get());
  host_for_later_.reset();
}

void FrontDesk::hand_identity() {
  identity_unsent_ = !serves_;
  if (!serves_) return;
  const auto& identity = workers_.identity();
  ipc::Frame frame{ipc::Tag::identity, 0, {std::string(identity.key.reveal()), identity.bundle}};
  send(frame);
  wipe(frame.fields[0]);
}

void FrontDesk::hand_settings() {
  settings_unsent_ = !serves_;
  if (serves_) send(settings_frame(config_));
}

void FrontDesk::hand_courier(const Fd& channel) {
  wants_courier_ = false;
  send({ipc::Tag::courier, 0, {}}, channel.get());
}

void FrontDesk::follow_config() {
  logins_.follow(policy_of(config_), penalty_rules(config_));
}

void FrontDesk::append_descriptors(std::vector<pollfd>& wait) const {
  if (channel_) {
    wait.push_back({channel_->fd(), static_cast<short>(channel_->queued() ? POLLIN | POLLOUT : POLLIN), 0});
  }
  logins_.append_descriptors(wait);
  executors_.append_descriptors(wait);
}

int FrontDesk::wait_milliseconds() const {
  const int logins = logins_.wait_milliseconds();
  const int executors = executors_.wait_milliseconds();
  return logins < 0 ? executors : executors < 0 ? logins : std::min(logins, executors);
}

void FrontDesk::work() {
  if (channel_) static_cast<void>(channel_->flush().has_value());  // a dead front shows as SIGCHLD
  receive();
  logins_.collect();
  executors_.collect();
}

void FrontDesk::receive() {
  while (channel_) {
    auto arrival = channel_->receive();
    if (!arrival) {
      if (arrival.error().code != Errc::unreachable) {
        log::error("monitor", std::move(arrival.error()).during("front"));
      }
      end_front();  // whoever breaks the protocol is not ours any more
      channel_.reset();
      return;
    }
    auto& next = *arrival;
    if (!next) return;
    take(next->frame);
  }
}

void FrontDesk::take(ipc::Frame& frame) {
  switch (frame.tag) {
    case ipc::Tag::ready: return is_ready();
    case ipc::Tag::stuck: return workers_.host().abandon();
    case ipc::Tag::wants_courier: wants_courier_ = true; return;
    case ipc::Tag::authenticate: return take_login(frame);
    case ipc::Tag::run:
    case ipc::Tag::watch: return take_order(frame);
    case ipc::Tag::unwatch:
      if (frame.fields.size() != 1) return end_front();
      return executors_.unwatch(frame.fields[0]);
    case ipc::Tag::vouch: return take_proof(frame);
    default: return;  // the table lets nothing else through
  }
}

void FrontDesk::take_login(ipc::Frame& frame) {
  if (frame.fields.size() != 3) return end_front();
  auth::Attempt attempt{std::move(frame.fields[0]), Secret(frame.fields[1]), std::move(frame.fields[2])};
  wipe(frame.fields[1]);
  logins_.add(std::move(attempt), frame.id);
}

// The front sends the frames of one order after the other, so one at a time is put together.
void FrontDesk::take_order(ipc::Frame& frame) {
  const std::uint64_t id = frame.id;
  const ipc::Tag tag = frame.tag;
  if (order_ && (order_->id != id || order_->tag != tag)) return end_front();
  if (!order_) order_.emplace(Order{id, tag, {}});
  if (!order_->rows.add(std::move(frame), ipc::kMaxOrderBytes)) return end_front();
  if (!order_->rows.over()) return;
  auto order = ipc::parse_run(order_->rows.take());
  order_.reset();
  if (!order) return end_front();
  if (tag == ipc::Tag::watch) return executors_.add_watch(std::move(*order), id);
  executors_.add(std::move(*order), id);
}

void FrontDesk::take_proof(const ipc::Frame& frame) {
  const auto& fields = frame.fields;
  ipc::Caller caller;
  if (fields.size() != 4 || !ipc::read_kind(fields[1], caller.kind)) return end_front();
  caller.name = fields[2];
  caller.proof = fields[3];
  executors_.vouch(fields[0], caller);
}

void FrontDesk::is_ready() {
  if (channel_) channel_->enter(ipc::State::serving);
  serves_ = true;
  if (host_for_later_) hand_host(std::move(host_for_later_));
  if (identity_unsent_) hand_identity();
  if (settings_unsent_) hand_settings();
  serves_call_();
}

void FrontDesk::tell(std::uint64_t id, bool accepted, const std::string& user) {
  if (!serves_) return;
  const auto ticket =
      accepted ? tickets_.issue(user, std::chrono::steady_clock::now()) : Result<std::string>();
  if (!ticket) log::error("monitor", ticket.error());
  send(auth::authentication_answer(id, accepted, user, ticket.value_or("")));
}

void FrontDesk::send(const ipc::Frame& frame, int descriptor) {
  if (!channel_) return;
  if (auto sent = channel_->send(frame, descriptor); !sent) log::error("monitor", sent.error());
}

// In the process of an executor, which acts for somebody and needs none of it.
void FrontDesk::forget_secrets() {
  workers_.forget_identity();
  logins_.forget_waiting();
  tickets_.clear();
}

}  // namespace muster::agent
