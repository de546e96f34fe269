// SPDX-License-Identifier: GPL-2.0-or-later
// muster: the management server's one binary.
#include <csignal>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/tls/context.h"
#include "orchestrator/cli/command_line.h"
#include "orchestrator/commands/registry.gen.h"
#include "orchestrator/ssh/fork_server.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away shows up as EPIPE, which output.cc knows
  muster::tls::initialise();
  std::unique_ptr<muster::ForkServer> workers;
  const auto start_workers = [&workers]() -> muster::Result<muster::ForkServer*> {
    auto started = muster::ForkServer::start();
    if (!started) return muster::fail(started.error());
    workers = std::move(*started);
    return workers.get();
  };
  muster::CommandLine command_line(muster::all_commands());
  return command_line.run(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc), start_workers);
}
