// SPDX-License-Identifier: GPL-2.0-or-later
// Polls every registered host on schedule and knows within 30 seconds when one is gone.
//
// Each host has its own connection, deadlines and state: one that hangs delays no other. Between polls a host
// that has been silent for a while is asked to identify itself; after a first miss it is asked again soon.
// lookout.h has the arithmetic.
// Threads  the loop's, throughout.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/http/loop.h"
#include "orchestrator/health/liveness.h"
#include "orchestrator/poll/lookout.h"
#include "orchestrator/poll/poll_host.h"
#include "orchestrator/poll/schedule.h"

namespace muster {

struct PollerOptions {
  static constexpr std::chrono::milliseconds kTick{100};  // how exactly slots and silence are kept
  std::chrono::milliseconds interval{60'000};
  std::chrono::milliseconds silence{10'000};  // nothing heard for so long: a probe
  std::chrono::milliseconds probe_deadline{5'000};
  std::chrono::milliseconds second_look{1'000};  // after a first miss
  PollPlan plan;
};

// What happened since the last summary; the counts of hosts are of now.
struct PollSummary {
  std::size_t up = 0;
  std::size_t down = 0;
  std::size_t unknown = 0;
  std::uint64_t polls = 0;
  std::uint64_t failed = 0;
  std::uint64_t missed = 0;  // slots in which no poll was begun: too late, or the host still busy or in doubt
  std::chrono::milliseconds lateness_p99{};
};
std::string summary_text(const PollSummary& summary);

class Poller {
 public:
  // Called after each answer or failure that matters: samples may be empty.
  using Record = std::function<void(std::vector<Sample>, const HostHealth&)>;
  using Report = std::function<void(const HostHealth&, const Liveness::Change&)>;

  Poller(http::Loop& loop, std::shared_ptr<tls::Context> context, PollerOptions options, Record record,
         Report report);
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  Poller(Poller&&) = delete;
  Poller& operator=(Poller&&) = delete;

  // Hosts that are new are added with their stored health, hosts that left are dropped, others go on
  // undisturbed.
  void set_hosts(const std::vector<HostRecord>& hosts, const std::vector<HostHealth>& stored);

  // For all looks that begin from now on; each host is connected to anew at its next one.
  void set_context(std::shared_ptr<tls::Context> context) { context_ = std::move(context); }

  PollSummary take_summary();

 private:
  struct Watch;

  void add(const HostRecord& host, const HostHealth& stored);
  void tick();
  void begin_poll(const Schedule::Due& due);
  AgentSession& session_of(Watch& watch);
  static void complain(Watch& watch, const Reading& reading);
  static Liveness::Refusal refusal_of(const Watch& watch, const Reading& reading);
  void probe(Watch& watch);
  void end_poll(Watch& watch, const Reading& reading);
  void answered(Watch& watch, std::vector<Sample> samples);
  void missed(Watch& watch, const Error& error);

  http::Loop& loop_;
  std::shared_ptr<tls::Context> context_;
  PollerOptions options_;
  Record record_;
  Report report_;
  Schedule polls_;
  Lookout lookout_;
  std::map<std::string, std::unique_ptr<Watch>> watches_;
  PollSummary since_;
  std::uint64_t reported_missed_ = 0;
  std::vector<std::chrono::milliseconds> lateness_;
  std::unique_ptr<http::Subscription> timer_;
};

}  // namespace muster
