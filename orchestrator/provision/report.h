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
  std::string why;          // the signal
  std::size_t at_work = 0;  // hosts that are waited for
  std::chrono::seconds grace{};
};
// "stopping: waits for 3 hosts that are at work (up to 10 s); Ctrl-C again leaves them"
std::string stopping_text(const Stopping& stopping);

class Report {
 public:
  virtual ~Report() = default;
  virtual void started(std::int64_t run, const std::vector<std::string>& hosts,
                       const std::vector<std::string>& steps) = 0;
  virtual void begun(const std::string& host, const std::string& step) = 0;
  virtual void ended(const StepRecord& step) = 0;
  virtual void host_done(const std::string& host) = 0;
  virtual void stopping(const Stopping& stopping) = 0;
  virtual void tick() {}  // ten times a second
  virtual void finished(const Summary& summary) = 0;
};

// As the environment wants it.
std::unique_ptr<Report> make_report(const Environment& environment);

}  // namespace muster
