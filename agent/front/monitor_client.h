// SPDX-License-Identifier: GPL-2.0-or-later
// The front's end of the channel to the monitor: authentication, fresh descriptors and certificates.
//
// Threads  the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "agent/auth/basic.h"
#include "agent/auth/principal.h"
#include "agent/ipc/channel.h"
#include "agent/ipc/run_order.h"
#include "core/http/loop.h"
#include "core/wsman/fault.h"

namespace muster::agent {

class MonitorClient {
 public:
  struct Events {
    std::function<void(Fd)> providers;  // a fresh channel to the provider host
    std::function<void(std::string key, std::string bundle)> identity;  // a new key and certificates
    std::function<void()> gone;                                         // the monitor has ended
    std::function<void(const ipc::Frame&)> settings = {};  // what of the configuration has changed
    std::function<void(Fd)> courier = {};                  // a fresh channel to the courier
  };
  using RunAnswer = std::variant<Fd, wsman::Fault>;  // a channel to the executor, or why there is none
  using Answer = std::function<void(std::optional<auth::Principal>)>;

  MonitorClient(http::Loop& loop, Fd socket, Events events);

  void say_ready();
  void say_stuck();
  void ask_for_courier();
  // Calls back exactly once; at once with nullopt when the monitor cannot be asked.
  void authenticate(const auth::Credentials& credentials, const std::string& source, Answer answer);
  // The same: once, or at once with a fault.
  void run(const ipc::RunOrder& order, std::function<void(RunAnswer)> answer) {
    ask_for_executor(ipc::Tag::run, order, std::move(answer));
  }
  void watch(const ipc::RunOrder& order, std::function<void(RunAnswer)> answer) {
    ask_for_executor(ipc::Tag::watch, order, std::move(answer));
  }
  void unwatch(const std::string& name);
  void vouch(const std::string& name, const ipc::Caller& caller);

 private:
  void arrived();
  void take(ipc::Arrival arrival);
  void ask_for_executor(ipc::Tag tag, const ipc::RunOrder& order, std::function<void(RunAnswer)> answer);
  void take_run_answer(ipc::Arrival arrival);
  Result<void> send(const ipc::Frame& frame);
  Result<void> send_all(const std::vector<ipc::Frame>& frames);

  http::Loop& loop_;
  ipc::Channel channel_;
  Events events_;
  std::unique_ptr<http::Subscription> readable_;
  std::unique_ptr<http::Subscription> writable_;
  std::map<std::uint64_t, Answer> waiting_;
  std::map<std::uint64_t, std::function<void(RunAnswer)>> ordered_;
  std::uint64_t next_id_ = 1;
};

}  // namespace muster::agent
