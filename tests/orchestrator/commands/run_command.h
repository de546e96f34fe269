// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a command line of all commands within the test's process.
#pragma once

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/cli/command_line.h"
#include "orchestrator/commands/registry.gen.h"

namespace muster::testing {

struct Outcome {
  int status;
  std::string out;
  std::string err;
};

inline Outcome run_command(const std::string& state_folder, std::vector<std::string> words) {
  words.insert(words.begin(), {"--state", state_folder});
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  CommandLine line(all_commands());
  const int status = line.run(
      words, []() -> Result<ForkServer*> { return fail(Errc::unsupported, "no workers in this test"); });
  return {status, ::testing::internal::GetCapturedStdout(), ::testing::internal::GetCapturedStderr()};
}

}  // namespace muster::testing
