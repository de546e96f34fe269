// SPDX-License-Identifier: GPL-2.0-or-later
// The process that takes events to their sinks: unprivileged, a client of the network and nothing else, and it writes
// in one folder. It knows what is kept there and what the front tells it; a front that was taken over makes it
// connect nowhere but where the configuration says.
//
// Promise   an event that the front is told is settled is on disk, and is sent at least once unless its stream
//           overflows or the subscription ends. The process can be killed at any point.
// Deadline  kDelivery for each delivery, from the look-up of the name to the last byte of the answer.
// Recovery  the front asks the monitor for another one when this one ends.
#pragma once

#include <chrono>

#include "agent/cert_files.h"
#include "agent/config.h"
#include "agent/ipc/activity.h"
#include "core/base/error.h"
#include "core/base/fd.h"

namespace muster::agent {

inline constexpr std::chrono::seconds kDelivery{30};

struct CourierSetup {
  const Config& config;
  IdentityText identity;
  Fd front;
  const ipc::Activity& activity;
};

// Until the front is gone.
Result<void> run_courier(CourierSetup setup);

}  // namespace muster::agent
