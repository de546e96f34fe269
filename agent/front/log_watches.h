// SPDX-License-Identifier: GPL-2.0-or-later
// Lines of log files as events: the source of what a Subscribe on SCX_LogFile asks for. Each watch is a process of the
// caller's account that the monitor starts (agent/executor/watch_log.h); here is the front's side of it.
//
// One event at a time is handed on, and the watcher hears that its lines were taken when all of them were: it waits as
// long as the courier has no room. A watcher that dies is started again, without the caller: the monitor remembers that
// it has let the caller in.
//
// Limits   kPatience for the first start; then kShortestPause, twice as long each time up to kLongestPause, and from the
//          beginning after a watcher that lived for kStable.
// Threads  the loop's.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "agent/front/monitor_client.h"
#include "agent/ipc/channel.h"
#include "agent/ipc/watch_order.h"
#include "core/http/loop.h"
#include "core/wsman/event_source.h"

namespace muster::agent {

class LogWatches final : public wsman::EventSource {
 public:
  static constexpr std::chrono::seconds kPatience{20};
  static constexpr std::chrono::seconds kShortestPause{1};
  static constexpr std::chrono::seconds kLongestPause{60};
  static constexpr std::chrono::seconds kStable{60};

  using Time = std::chrono::steady_clock::time_point;

  LogWatches(http::Loop& loop, MonitorClient& monitor,
             std::function<Time()> now = std::chrono::steady_clock::now)
      : loop_(loop), monitor_(monitor), now_(std::move(now)) {}

  bool offers(std::string_view class_name) const override;
  std::optional<wsman::Fault> check(const wsman::Watch& watch) const override;
  void start(const std::string& id, const wsman::Watch& watch, const wsman::Caller& caller,
             Listener listener) override;
  void refresh(const std::string& id) override;
  void renewed(const std::string& id, const wsman::Caller& caller) override;
  void stop(const std::string& id) override;
  void tick() override;

 private:
  struct Line {
    std::string numbers;
    std::string text;
  };
  enum class State : std::uint8_t {
    asking,    // the monitor, or the watcher has not said yet that all is well
    watching,  // it has
    resting,   // it died, and is started again when its pause is over
  };
  struct Standing {
    std::uint64_t number = 0;  // tells it from a later one of the same id
    ipc::Caller caller;
    ipc::WatchOrder order;
    Listener listener;
    State state = State::asking;
    bool answered = false;  // listener.started was called
    Time due;               // while it asks: the end of the patience; while it rests: of the pause
    Time since;             // it watches
    std::chrono::seconds pause = kShortestPause;
    std::optional<ipc::Channel> channel;
    std::unique_ptr<http::Subscription> readable;
    std::deque<Line> lines;     // of the frame that is being handed on
    std::uint64_t frame = 0;    // its number
    bool handing_on = false;    // the first of the lines
    std::optional<Time> again;  // ... when it was not taken
  };
  using Standings = std::map<std::string, Standing>;

  Standing* find(const std::string& id, std::uint64_t number);
  void ask(const std::string& id, Standing& standing);
  void connected(const std::string& id, std::uint64_t number, MonitorClient::RunAnswer answer);
  void arrived(const std::string& id, std::uint64_t number);
  void take(const std::string& id, Standing& standing, ipc::Frame frame);
  void is_watching(Standing& standing);
  void hand_on(const std::string& id, std::uint64_t number);
  void was_taken(const std::string& id, std::uint64_t number, const std::optional<wsman::Fault>& problem);
  void rest(Standing& standing);
  void failed(const std::string& id, Standing& standing, const wsman::Fault& why);
  void end(const std::string& id, const wsman::Fault& why);

  http::Loop& loop_;
  MonitorClient& monitor_;
  std::function<Time()> now_;
  Standings standings_;
  std::uint64_t next_number_ = 1;
};

}  // namespace muster::agent
