// SPDX-License-Identifier: GPL-2.0-or-later
// What becomes of a system call that a process may not make. The kernel raises SIGSYS instead of running it; the
// handler here fails the call or ends the process, as the process's table says, and leaves word of which call it was.
//
// Threads  one per process.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/sandbox/system_calls.h"
#include "core/base/error.h"

namespace muster::sandbox {

// One number that a child leaves for its parent when it ends over a call. The child may have been taken over: take it
// as a number and nothing else.
class LastCall {
 public:
  LastCall() = default;
  static Result<LastCall> shared();  // across fork

  // In the child, before confine(): where the handler writes.
  void leave_here() const;
  // In the parent: the call, -1 when none was left.
  int number() const;

 private:
  struct Unmap {
    void operator()(volatile int* word) const;
  };
  std::unique_ptr<volatile int, Unmap> word_;
};

// Handles SIGSYS from now on; confine() calls it.
Result<void> handle_breaches(const CallTable& table);

// Writes a line for each call that was refused since the last time; the same call once in a process's life.
void log_refused_calls(std::string_view component);

// "execve (59)"
std::string call_text(int call);

}  // namespace muster::sandbox
