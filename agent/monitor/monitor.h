// SPDX-License-Identifier: GPL-2.0-or-later
// The root process: starts the other two, restarts what dies, asks PAM, hands out certificates. It parses
// nothing that comes from the network; what it reads are frames of the protocol table from its own children.
//
// Recovery  a provider host that dies or hangs is replaced and the front goes on; a front that dies is
//           replaced together with its provider host on the same listening sockets, so that clients can
//           reconnect at once. Deaths in a row wait longer and longer, up to kLongestPause.
// Signals   SIGTERM and SIGINT end it, SIGHUP reads key, certificate and configuration again. What cannot be used
//           leaves what was there.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "agent/config.h"
#include "core/base/error.h"

namespace muster::agent {

inline constexpr std::chrono::milliseconds kShortestPause{50};
inline constexpr std::chrono::seconds kLongestPause{10};

// Returns when it was told to end. `ready` is called once, when the first front serves, `reread` on each SIGHUP.
Result<void> run_monitor(Config config, std::function<Result<Config>()> reread, std::function<void()> ready);

}  // namespace muster::agent
