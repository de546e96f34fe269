// SPDX-License-Identifier: GPL-2.0-or-later
// The process that carries out one method as its caller. It is forked by the monitor, begins as root and parses
// nothing until it is somebody else: it looks up who the caller is and what is granted to them, tells the monitor, and
// waits for its word. Then it becomes the account for good, does what is asked, answers the front on a channel of its
// own and ends. (The look-up asks name services, which may hang: they must not hang the monitor.)
//
// One process does not end by itself: the one that watches a log file (watch_log.h) goes on until nobody wants it.
//
// Control channel  one message up: "a" and the account, or "d" and why it is denied; then one down: anything; then
//                  one up: "o" and the outcome in words (from a watch several, the last one counts). Its end means that the other side has gone.
// Ownership        its process group is its own; whoever started it kills the group at the end.
#pragma once

#include <string>
#include <vector>

#include "agent/executor/action.h"
#include "agent/grants.h"
#include "agent/ipc/run_order.h"
#include "core/base/fd.h"

namespace muster::executor {

inline constexpr std::size_t kMaxMessage = 1024;

struct Setup {
  const std::vector<agent::Grant>& grants;
  const std::string& state_folder;
  const ipc::RunOrder& order;
  const Action& action;
  Fd control;
  Fd front;
};

// In the freshly forked process. noexcept: unwinding would run the monitor's destructors.
[[noreturn]] void run_executor(Setup setup) noexcept;

// STATE/accounts/UID, made for the account alone.
Result<std::string> make_account_folder(const std::string& state_folder, unsigned uid, unsigned gid);

}  // namespace muster::executor
