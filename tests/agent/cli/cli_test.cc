// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/cli/cli.h"

#include <fstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/audit/log.h"
#include "tests/agent/temporary_folder.h"

namespace muster::agent {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct Printed {
  int status = -1;
  std::string out;
  std::string err;
};

class AgentCommandLine : public ::testing::Test {
 protected:
  void SetUp() override { configure(""); }

  void configure(const std::string& more) {
    std::ofstream(config_) << "run_folder = \"" << folder_.path() << "\"\nstate_folder = \"" << folder_.path()
                           << "\"\ntls_folder = \"" << folder_ / "tls"
                           << "\"\n"
                           << more;
  }

  Printed run(std::vector<std::string> words) {
    words.insert(words.begin(), {"muster-agent", "--config", config_});
    std::vector<char*> argv;
    argv.reserve(words.size());
    for (auto& word : words) argv.push_back(word.data());
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    Printed printed;
    printed.status = run_command_line(static_cast<int>(argv.size()), argv.data());
    printed.out = ::testing::internal::GetCapturedStdout();
    printed.err = ::testing::internal::GetCapturedStderr();
    return printed;
  }

  testing::TemporaryFolder folder_;
  std::string config_ = folder_ / "agent.toml";
};

TEST_F(AgentCommandLine, StatusSaysThatItDoesNotRun) {
  const auto printed = run({"status"});
  EXPECT_EQ(printed.status, 3);
  EXPECT_THAT(printed.out, AllOf(HasSubstr("running      no"), HasSubstr("certificate  ")));
  EXPECT_EQ(printed.err, "");
}

TEST_F(AgentCommandLine, StatusTellsWhatItCanWithABadConfiguration) {
  configure("prot = 1270\n");
  const auto printed = run({"status"});
  EXPECT_EQ(printed.status, 1);
  EXPECT_THAT(printed.out, AllOf(HasSubstr("running      "), HasSubstr("certificate  ")));
  EXPECT_THAT(printed.err, HasSubstr(config_ + ":4:8: prot: unknown key"));
}

TEST_F(AgentCommandLine, ServeTestReadsTheConfigurationAlone) {
  auto printed = run({"serve", "--test"});
  EXPECT_EQ(printed.status, 0);
  EXPECT_EQ(printed.out, config_ + ": good\n");
  configure("port = 70000\n");
  printed = run({"serve", "--test"});
  EXPECT_EQ(printed.status, 1);
  EXPECT_EQ(printed.out, "");
  EXPECT_THAT(printed.err, HasSubstr(config_ + ":4:8: port: "));
}

TEST_F(AgentCommandLine, AnAuditLogThatIsNotThereYetIsUnbroken) {
  const auto printed = run({"audit", "verify"});
  EXPECT_EQ(printed.status, 0);
  EXPECT_THAT(printed.out, HasSubstr(folder_.path() + audit::kFileName + ": there is none"));
  // One that was named, or that has to end with a hash, has to be there.
  EXPECT_EQ(run({"audit", "verify", folder_ / "gone.log"}).status, 1);
  EXPECT_EQ(run({"audit", "verify", "--head", std::string(64, '0')}).status, 1);
}

TEST_F(AgentCommandLine, UsageIsExitStatusTwo) {
  EXPECT_EQ(run({}).status, 2);
  EXPECT_EQ(run({"no-such-command"}).status, 2);
  EXPECT_EQ(run({"--help"}).status, 0);
  EXPECT_THAT(run({"serve", "--help"}).out, HasSubstr("--test"));
}

}  // namespace
}  // namespace muster::agent
