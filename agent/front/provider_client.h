// SPDX-License-Identifier: GPL-2.0-or-later
// The front's end of the channel to the provider host: sends queries, puts answers together, minds deadlines.
//
// A host that dies takes nothing with it: the queries it had are asked again on the fresh channel (they only read).
// The one that it was at is asked once more and no oftener.
// A host that is silent for longer than the patience hangs: it is replaced, the query that it was at fails, and that
// class is not asked for a while (quarantine.h). The others wait for no longer than the patience.
//
// Limits   kMaxOutstanding queries; kMaxAnswerBytes per answer.
// Threads  the loop's.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/front/quarantine.h"
#include "agent/host/rows_writer.h"
#include "agent/ipc/activity.h"
#include "agent/ipc/channel.h"
#include "core/http/loop.h"
#include "core/wsman/service.h"

namespace muster::agent {

class ProviderClient final : public wsman::InstanceSource {
 public:
  static constexpr std::size_t kMaxOutstanding = 256;
  static constexpr std::size_t kMaxAnswerBytes = std::size_t{64} * 1024 * 1024;

  // `stuck` is called when the host hangs; somebody then kills it and calls connect() with a fresh channel.
  // `activity` is the host's, whose providers have the numbers of the classes.
  ProviderClient(http::Loop& loop, std::vector<const cim::Class*> classes, const ipc::Activity& activity,
                 std::chrono::milliseconds patience, std::function<void()> stuck);

  void patience(std::chrono::milliseconds patience) { patience_ = patience; }

  void connect(Fd socket);

  void fetch(const wsman::Query& query, std::chrono::milliseconds deadline, Done done) override;
  // A method that a provider answers.
  void invoke(const cim::Invocation& call, std::chrono::milliseconds deadline,
              std::function<void(Result<cim::Arguments>)> done);
  const std::vector<const cim::Class*>& classes() const override { return classes_; }

 private:
  struct Call {
    ipc::Frame frame;
    std::chrono::steady_clock::time_point deadline;
    Done done;  // empty once the deadline has passed and the caller has been told
    RowsReader rows;
    std::chrono::steady_clock::time_point asked;
    bool asked_again = false;
  };

  void ask(ipc::Frame frame, std::chrono::milliseconds deadline, Done done);
  void arrived();
  void take(ipc::Frame frame);
  void finish(std::uint64_t id, Result<wsman::Rows> result);
  void send(const ipc::Frame& frame);
  void lost(const Error& why);
  void sweep();
  void answer_late_calls(std::chrono::steady_clock::time_point now);
  void give_up_on_host(std::chrono::steady_clock::time_point now);
  void send_notes();
  // The class that the host is at, or else that of the first query.
  std::string class_at_work() const;

  http::Loop& loop_;
  std::vector<const cim::Class*> classes_;
  const ipc::Activity& activity_;
  std::chrono::milliseconds patience_;
  std::function<void()> stuck_;
  Quarantine quarantine_;
  std::optional<ipc::Channel> channel_;
  std::unique_ptr<http::Subscription> readable_;
  std::unique_ptr<http::Subscription> writable_;
  std::unique_ptr<http::Subscription> sweeper_;
  std::map<std::uint64_t, Call> calls_;  // in the order in which the host works
  std::uint64_t next_id_ = 1;
  std::chrono::steady_clock::time_point last_heard_{};
  bool reported_stuck_ = false;
};

}  // namespace muster::agent
