// SPDX-License-Identifier: GPL-2.0-or-later
// Runs one command to its end, or until its time is over or nobody waits any more, and keeps what it writes.
//
// It does not end what goes on: the executor leaves, and the monitor then ends its whole process group, with what sudo
// has raised above this process's rights.
//
// Errors   unreachable: nobody waits any more; internal: no process or pipe could be made.
// Limits   kMaxOutput octets of both outputs together; what comes after is read and forgotten.
// Threads  the executor's one. SIGCHLD is blocked afterwards.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace muster::executor {

inline constexpr std::size_t kMaxOutput = std::size_t{60} * 1024;

struct Ending {
  std::optional<int> code;  // exit status, or 128 and the number of a signal; none: its time was over
  std::string out;
  std::string err;
  bool cut = false;
};

// `waiting` is a descriptor that can be read when nobody waits any more. A program that cannot be started ends with 126
// or 127 and says why in its error output, as from a shell.
Result<Ending> run_command(const std::vector<std::string>& words,
                           std::chrono::steady_clock::time_point deadline, int waiting);

}  // namespace muster::executor
