// SPDX-License-Identifier: GPL-2.0-or-later
// The init script of hosts without systemd.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/agent/in_child.h"
#include "tests/agent/temporary_folder.h"

namespace muster::agent {
namespace {

// The script with another program as the agent.
std::string init_script(const std::string& agent) {
  std::stringstream text;
  text << std::ifstream(std::string(MUSTER_SOURCE_DIR) + "/agent/package/init").rdbuf();
  std::string script = text.str();
  const std::string line = "\nagent=/usr/sbin/muster-agent\n";
  script.replace(script.find(line), line.size(), "\nagent=" + agent + "\n");
  return script;
}

// A provisioning run has its connection as 3 and the host's lock as 9, and dpkg has them while it upgrades the agent.
TEST(Init, TheAgentGetsNothingThatItsCallerHasOpen) {
  const testing::TemporaryFolder folder;
  const std::string agent = folder / "agent";
  std::ofstream(agent)
      << "#!/bin/sh\nfor fd in 3 9; do [ ! -e /proc/$$/fd/$fd ] || echo $fd is open >&2; done\n";
  ASSERT_EQ(::chmod(agent.c_str(), 0755), 0);
  const std::string script = init_script(agent);
  const auto ended = testing::in_child([&] {
    ::dup2(STDERR_FILENO, 3);
    ::dup2(STDERR_FILENO, 9);
    return ::execl("/bin/sh", "sh", "-c", script.c_str(), "init", "start", nullptr);
  });
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(ended.err, "");
}

}  // namespace
}  // namespace muster::agent
