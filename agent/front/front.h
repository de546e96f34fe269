// SPDX-License-Identifier: GPL-2.0-or-later
// The only process that touches the network: TLS, HTTP, XML and WS-Management, unprivileged and confined.
//
// It asks the monitor who a Basic user is and the provider host for instances, and knows neither passwords'
// truth nor files. It ends when the monitor does.
#pragma once

#include <vector>

#include "agent/cert_files.h"
#include "agent/config.h"
#include "agent/ipc/activity.h"
#include "agent/ipc/channel.h"
#include "core/base/fd.h"
#include "core/cim/class.h"

namespace muster::agent {

struct FrontSetup {
  const Config& config;
  IdentityText identity;
  std::vector<Fd> listening;
  Fd monitor;
  Fd providers;
  std::vector<const cim::Class*> classes;
  const ipc::Activity& activity;
};

// Serves until the monitor is gone or asks for the end (SIGTERM).
Result<void> run_front(FrontSetup setup);

}  // namespace muster::agent
