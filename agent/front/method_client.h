// SPDX-License-Identifier: GPL-2.0-or-later
// The methods of the classes, for those who were let in: what only reads is answered by the provider host, what acts
// for its caller by an executor that the monitor starts for the one call (agent/executor/action.h says which).
//
// A call that outlives its deadline is answered with timed_out, and so is one whose client has left. Its executor is
// told why and loses its front, which ends it and all that it has started.
//
// Limits   kMaxOutstanding calls with executors, kMaxAnswerBytes for each.
// Threads  the loop's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/auth/principal.h"
#include "agent/front/monitor_client.h"
#include "agent/front/provider_client.h"
#include "agent/host/rows_writer.h"
#include "agent/ipc/channel.h"
#include "core/http/loop.h"
#include "core/wsman/service.h"

namespace muster::agent {

class MethodClient {
 public:
  static constexpr std::size_t kMaxOutstanding = 64;
  static constexpr std::size_t kMaxAnswerBytes = std::size_t{1024} * 1024;

  MethodClient(http::Loop& loop, MonitorClient& monitor, ProviderClient& providers)
      : loop_(loop), monitor_(monitor), providers_(providers) {}

  // For the caller's one request, which came from this address. The client must outlive it.
  std::shared_ptr<wsman::MethodTarget> methods_of(const auth::Principal& principal,
                                                  const std::string& source);

 private:
  class OfCaller;
  using Done = wsman::MethodTarget::Done;

  struct Call {
    Done done;
    std::optional<ipc::Channel> channel;
    RowsReader rows;
    std::unique_ptr<http::Subscription> readable;
    std::unique_ptr<http::Subscription> timer;
  };

  std::optional<std::uint64_t> run(const ipc::RunOrder& order, Done done);  // none: it is over already
  // `why` is a word of Tag::leave.
  void give_up(std::uint64_t id, std::string_view why, const std::string& reason);
  void started(std::uint64_t id, MonitorClient::RunAnswer answer);
  void arrived(std::uint64_t id);
  void take(std::uint64_t id, ipc::Frame frame);
  void finish(std::uint64_t id, wsman::MethodOutcome outcome);

  http::Loop& loop_;
  MonitorClient& monitor_;
  ProviderClient& providers_;
  std::map<std::uint64_t, Call> calls_;
  std::uint64_t next_id_ = 1;
};

}  // namespace muster::agent
