// SPDX-License-Identifier: GPL-2.0-or-later
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/orchestrator/commands/run_command.h"
#include "tests/orchestrator/poll/local_agent.h"

namespace muster {
namespace {

using ::testing::HasSubstr;
using testing::host_at;
using testing::LocalAgent;
using testing::run_command;
using testing::State;

class WsmanTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(state_.store().put_host(host_at("web1", agent_.port()))); }
  std::string url() const { return "https://127.0.0.1:" + std::to_string(agent_.port()); }

  State state_;
  LocalAgent agent_{state_.authority(), {"web1", "127.0.0.1"}};
};

TEST_F(WsmanTest, a_registered_host_and_a_url_are_both_understood) {
  for (const auto& where : {std::string("web1"), url()}) {
    const auto outcome = run_command(state_.folder(), {"wsman", "identify", where});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("vendor    Muster"));
  }
}

TEST_F(WsmanTest, enumerates_to_the_end) {
  const auto outcome =
      run_command(state_.folder(), {"wsman", "enumerate", "web1", "SCX_UnixProcess", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.out;
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["items"].size(), 1'200U);
}

TEST_F(WsmanTest, gets_by_selectors) {
  const std::vector<std::string> words = {"wsman", "get", "web1", "SCX_MemoryStatisticalInformation",
                                          "--selector"};
  auto good = words;
  good.emplace_back("Name=Memory");
  const auto outcome = run_command(state_.folder(), good);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("PercentUsedMemory = 63"));
  auto bad = words;
  bad.emplace_back("Name");
  EXPECT_THAT(run_command(state_.folder(), bad).err, HasSubstr("not NAME=VALUE"));
}

TEST_F(WsmanTest, raw_shows_the_envelope) {
  const auto outcome = run_command(state_.folder(), {"wsman", "identify", "web1", "--raw"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("IdentifyResponse"));
}

TEST_F(WsmanTest, a_server_of_another_authority_is_not_trusted) {
  const State other;
  const auto outcome = run_command(other.folder(), {"wsman", "identify", url()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.out, "");
}

TEST_F(WsmanTest, a_password_never_stands_on_the_command_line) {
  EXPECT_EQ(run_command(state_.folder(), {"wsman", "identify", "web1", "--password", "x"}).status, 2);
  EXPECT_THAT(run_command(state_.folder(), {"wsman", "identify", "web1", "--user", "u"}).err,
              HasSubstr("--password-file"));
}

}  // namespace
}  // namespace muster
