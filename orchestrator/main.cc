// SPDX-License-Identifier: GPL-2.0-or-later
// muster: the management server's one binary.
#include <csignal>
#include <string>
#include <vector>

#include "core/tls/context.h"
#include "orchestrator/cli/command_line.h"
#include "orchestrator/commands/registry.gen.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away shows up as EPIPE, which output.cc knows
  muster::tls::initialise();
  muster::CommandLine command_line(muster::all_commands());
  const auto start_workers = []() -> muster::Result<muster::ForkServer*> {
    return muster::fail(muster::Errc::unsupported, "this build has no SSH workers");
  };
  return command_line.run(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc), start_workers);
}
