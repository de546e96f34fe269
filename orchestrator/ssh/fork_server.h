// SPDX-License-Identifier: GPL-2.0-or-later
// A small process that is forked first, while this one is single-threaded and holds nothing secret, and from
// which every SSH worker is forked: cheap (its pages are warm and shared) and without a CA key or another
// host's password in memory.
//
// Ownership  the server ends, and its workers with it, when this object or this process does.
// Threads    none may exist when start() is called; afterwards one thread uses the object.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <sys/types.h>

#include "core/base/error.h"
#include "core/base/fd.h"

namespace muster {

struct Worker {
  std::uint64_t id = 0;
  Fd process;  // pidfd: kill it with kill_worker()
  Fd socket;   // stream socket to the worker, non-blocking
};

struct WorkerExit {
  std::uint64_t id = 0;
  int signal = 0;  // that killed it; 0: it exited by itself
  int status = 0;  // exit status if it exited
};

// Runs in the worker with its socket; the result is its exit status.
using WorkerMain = int (*)(int socket);

// The default of ForkServer::start(): provisions one host (orchestrator/provision/visit.h).
int visit_main(int socket);

class ForkServer {
 public:
  static Result<std::unique_ptr<ForkServer>> start(WorkerMain worker = &visit_main);
  ForkServer(const ForkServer&) = delete;
  ForkServer& operator=(const ForkServer&) = delete;
  ForkServer(ForkServer&&) = delete;
  ForkServer& operator=(ForkServer&&) = delete;
  ~ForkServer();

  // Errors: internal (the server is gone or the machine is out of processes or descriptors).
  Result<Worker> spawn();

  // Readable when a worker has ended, and for ever when the server is gone.
  int descriptor() const { return control_.get(); }
  // Who has ended since the last call, also those that spawn() heard of. Does not wait.
  std::vector<WorkerExit> exits();
  // The server has died, and its workers with it: spawn() or exits() found its socket closed.
  bool gone() const { return gone_; }

 private:
  ForkServer(Fd control, pid_t process) : control_(std::move(control)), process_(process) {}
  Fd control_;
  pid_t process_;
  std::uint64_t last_id_ = 0;
  bool gone_ = false;
  std::vector<WorkerExit> ended_;
};

// SIGKILL through the pidfd, so that never another process is hit.
void kill_worker(const Worker& worker);

}  // namespace muster
