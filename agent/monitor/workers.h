// SPDX-License-Identifier: GPL-2.0-or-later
// The monitor's unprivileged children and all that they are started with: account, identity, listening sockets,
// providers.
//
// Errors   of prepare(): not_found and denied (account, TLS files), internal; the agent cannot start. Of a start:
//          the next try waits like after a death.
// Threads  the monitor's one.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "agent/cert_files.h"
#include "agent/config.h"
#include "agent/host/provider_host.h"
#include "agent/ipc/activity.h"
#include "agent/monitor/child.h"
#include "agent/monitor/runaway.h"
#include "agent/sandbox/privileges.h"
#include "core/base/fd.h"
#include "core/base/linux_host.h"

namespace muster::agent {

class Workers {
 public:
  explicit Workers(const Config& config) : config_(config) {}

  Result<void> prepare();

  // Forks both; returns the monitor's end of the front's channel.
  Result<Fd> start_both();
  // Forks a provider host and returns the front's end of its channel.
  Result<Fd> start_host();
  // Forks a courier in place of the one that there may be, and returns the front's end of its channel.
  Result<Fd> start_courier();

  // Reads key and certificates again; on an error the earlier ones stay.
  Result<void> reload_identity();
  const IdentityText& identity() const { return identity_; }
  // In a process that was forked for something else.
  void forget_identity() { identity_ = {}; }

  // Ends whoever burns a core and does nothing with it; called every few seconds.
  void end_runaways(Runaway::Time now);
  // What of the configuration concerns processes that run already.
  void follow_config();

  Child& front() { return front_; }
  Child& host() { return host_child_; }
  const Child& front() const { return front_; }
  const Child& host() const { return host_child_; }
  Child& courier() { return courier_; }

 private:
  Result<Fd> fork_host();
  Result<Fd> fork_both();
  Result<Fd> fork_courier();
  Result<void> become_courier(Fd channel);
  Result<void> become_host(Fd channel);
  Result<void> become_front(Fd monitor, Fd host_end);
  static bool runs_away(const Child& child, Runaway& readings, Runaway::Time now, std::uint64_t work);

  const Config& config_;
  LinuxHost host_;
  ProviderList providers_;
  sandbox::Account account_;
  IdentityText identity_;
  std::vector<Fd> listening_;
  std::unique_ptr<ipc::Activity> activity_;  // since prepare()
  Child front_{"front"};
  Child host_child_{"providers"};
  Child courier_{"courier"};
  Runaway front_cpu_{config_.busy};
  Runaway host_cpu_{config_.busy};
  Runaway courier_cpu_{config_.busy};
};

}  // namespace muster::agent
