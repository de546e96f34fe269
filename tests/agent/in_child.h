// SPDX-License-Identifier: GPL-2.0-or-later
// Runs something in a forked process, for what cannot be undone: dropped privileges, filters, death.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace muster::testing {

struct Ended {
  int status = -1;  // exit status, or 128 + the signal's number
  std::string err;  // what it wrote to standard error
};

inline int exit_status(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// `body` returns the exit status.
inline Ended in_child(const std::function<int()>& body) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  const Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child == 0) {
    ::dup2(write_end.get(), STDERR_FILENO);
    ::_exit(body());
  }
  write_end.reset();
  Ended ended;
  if (auto words = read_all(read_end.get(), "child", 1 << 20)) ended.err = *words;
  int status = 0;
  if (::waitpid(child, &status, 0) != child) throw std::runtime_error("waitpid");
  ended.status = exit_status(status);
  return ended;
}

}  // namespace muster::testing
