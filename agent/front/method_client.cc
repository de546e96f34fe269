// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/front/method_client.h"

#include <utility>

#include "agent/executor/action.h"
#include "agent/ipc/arguments.h"
#include "core/base/log.h"

namespace muster::agent {
namespace {

wsman::MethodOutcome outcome_from(Result<cim::Arguments> answer) {
  if (!answer) return wsman::to_fault(answer.error());
  return std::move(*answer);
}

}  // namespace

class MethodClient::OfCaller final : public wsman::MethodTarget {
 public:
  OfCaller(MethodClient& client, const auth::Principal& principal, std::string source)
      : client_(client),
        principal_(principal.key()),
        caller_(principal.caller()),
        source_(std::move(source)) {}

  wsman::Caller caller() const override {
    const bool certificate = caller_->kind == ipc::Caller::Kind::certificate;
    return {principal_, certificate ? caller_->proof : "", certificate ? "" : caller_->proof, source_};
  }

  void invoke(const cim::Invocation& call, const Bounds& bounds, Done done) override {
    if (executor::find_action(call.class_name, call.method) != nullptr) {
      ipc::RunOrder order{*caller_, bounds.deadline, bounds.octets, call};
      order.caller.source = source_;
      call_ = client_.run(order, std::move(done));
      return;
    }
    client_.providers_.invoke(call, bounds.deadline, [done = std::move(done)](Result<cim::Arguments> answer) {
      done(outcome_from(std::move(answer)));
    });
  }

  // What a provider answers only reads: it is over soon, and dropped.
  void abandon() override {
    if (call_) client_.give_up(*call_, ipc::kClientGone, "the client has left");
  }

 private:
  MethodClient& client_;
  std::string principal_;
  std::shared_ptr<const ipc::Caller> caller_;
  std::string source_;
  std::optional<std::uint64_t> call_;
};

std::shared_ptr<wsman::MethodTarget> MethodClient::methods_of(const auth::Principal& principal,
                                                              const std::string& source) {
  return std::make_shared<OfCaller>(*this, principal, source);
}

std::optional<std::uint64_t> MethodClient::run(const ipc::RunOrder& order, Done done) {
  if (calls_.size() >= kMaxOutstanding) {
    done(wsman::Fault{wsman::FaultCode::quota_limit, "too many methods are being carried out"});
    return std::nullopt;
  }
  const std::uint64_t id = next_id_++;
  auto& call = calls_[id];
  call.done = std::move(done);
  call.timer = loop_.after(order.deadline, [this, id] {
    give_up(id, ipc::kTimeOver, "the method was not over in time, and was ended");
  });
  monitor_.run(order, [this, id](MonitorClient::RunAnswer answer) { started(id, std::move(answer)); });
  return id;
}

void MethodClient::give_up(std::uint64_t id, std::string_view why, const std::string& reason) {
  const auto found = calls_.find(id);
  if (found == calls_.end()) return;
  if (auto& channel = found->second.channel) {
    static_cast<void>(
        channel->send({ipc::Tag::leave, 0, {std::string(why)}}).has_value());  // its end says enough
  }
  finish(id, wsman::Fault{wsman::FaultCode::timed_out, reason});
}

void MethodClient::started(std::uint64_t id, MonitorClient::RunAnswer answer) {
  if (auto* refused = std::get_if<wsman::Fault>(&answer)) return finish(id, std::move(*refused));
  const auto found = calls_.find(id);
  if (found == calls_.end()) return;  // too late: the executor loses its front
  Call& call = found->second;
  call.channel.emplace(std::move(std::get<Fd>(answer)), ipc::Party::front, ipc::Party::executor,
                       ipc::State::serving);
  call.readable = loop_.when_readable(call.channel->fd(), [this, id] { arrived(id); });
}

void MethodClient::arrived(std::uint64_t id) {
  for (auto found = calls_.find(id); found != calls_.end(); found = calls_.find(id)) {
    auto& channel = found->second.channel;
    if (!channel) return;
    auto arrival = channel->receive();
    if (!arrival) {
      log::warning("front", "executor: " + arrival.error().what);
      return finish(id, wsman::Fault{wsman::FaultCode::internal_error});
    }
    auto& next = *arrival;
    if (!next) return;
    take(id, std::move(next->frame));
  }
}

void MethodClient::take(std::uint64_t id, ipc::Frame frame) {
  RowsReader& rows = calls_.at(id).rows;
  if (frame.tag == ipc::Tag::done) {
    const auto outcome = outcome_of(frame);
    return finish(id, outcome ? outcome_from(ipc::parse_arguments(rows.take()))
                              : wsman::MethodOutcome(wsman::to_fault(outcome.error())));
  }
  if (auto added = rows.add(std::move(frame), kMaxAnswerBytes); !added) {
    finish(id, wsman::to_fault(added.error()));
  } else if (rows.over()) {
    finish(id, outcome_from(ipc::parse_arguments(rows.take())));
  }
}

void MethodClient::finish(std::uint64_t id, wsman::MethodOutcome outcome) {
  const auto found = calls_.find(id);
  if (found == calls_.end()) return;
  const Call over = std::move(found->second);
  calls_.erase(found);  // first: done() may begin another
  over.done(std::move(outcome));
}

}  // namespace muster::agent
