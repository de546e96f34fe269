// SPDX-License-Identifier: GPL-2.0-or-later
// Who is told how a run goes: a live table on a terminal, plain lines elsewhere, JSON events with --json.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/cli/command.h"
#include "orchestrator/provision/summary.h"
#include "orchestrator/store/store.h"

namespace muster {

// The run is to end early.
struct Stopping {
  std::string why;               // the signal, or what used up the budget
  std::size_t at_work = 0;       // hosts that are waited for
  std::chrono::seconds grace{};  // 0: until they end
};
// "stopping: waits for 3 hosts that are at work (up to 10 s); Ctrl-C again leaves them"
std::string stopping_text(const Stopping& stopping);

// Hosts that are begun together; see rollout.h.
struct Wave {
  std::size_t number = 0;
  std::size_t of = 0;
  std::size_t hosts = 0;
  bool canary = false;  // it is the first, and a canary
  bool paused = false;  // it is the next, and waits
  bool asked = false;   // ... for somebody at the terminal
};
// "batch 2 of 5: 20 hosts"
std::string wave_text(const Wave& wave);

class Report {
 public:
  virtual ~Report() = default;
  virtual void started(std::int64_t run, const std::vector<std::string>& hosts,
                       const std::vector<std::string>& steps) = 0;
  virtual void begun(const std::string& host, const std::string& step) = 0;
  virtual void ended(const StepRecord& step) = 0;
  virtual void host_done(const std::string& host) = 0;
  virtual void wave(const Wave& wave) = 0;  // of several, when each begins; and before that when it waits
  virtual void stopping(const Stopping& stopping) = 0;
  virtual void tick() {}  // ten times a second
  virtual void finished(const Summary& summary) = 0;
};

// As the environment wants it.
std::unique_ptr<Report> make_report(const Environment& environment);

}  // namespace muster
