// SPDX-License-Identifier: GPL-2.0-or-later
#include <nlohmann/json.hpp>

#include "tests/orchestrator/commands/run_command.h"
#include "tests/orchestrator/poll/local_agent.h"

namespace muster {
namespace {

using ::testing::AllOf;
using testing::closed_port;
using ::testing::HasSubstr;
using testing::host_at;
using testing::LocalAgent;
using ::testing::Not;
using testing::run_command;
using testing::State;

const std::vector<std::string> kMemoryOnly = {"--class", "SCX_MemoryStatisticalInformation"};

std::vector<std::string> poll(std::vector<std::string> words) {
  words.insert(words.begin(), "poll");
  words.insert(words.end(), kMemoryOnly.begin(), kMemoryOnly.end());
  return words;
}

class PollTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = state_.store();
    auto good = host_at("web1", agent_.port());
    good.groups = "web";
    ASSERT_TRUE(store.put_host(good));
    ASSERT_TRUE(store.put_host(host_at("db1", closed_port())));
  }
  State state_;
  LocalAgent agent_{state_.authority(), {"web1"}};
};

TEST_F(PollTest, the_exit_status_tells_all_some_and_none) {
  EXPECT_EQ(run_command(state_.folder(), poll({"web1"})).status, 0);
  EXPECT_EQ(run_command(state_.folder(), poll({})).status, 3);
  EXPECT_EQ(run_command(state_.folder(), poll({"db1"})).status, 1);
  EXPECT_EQ(run_command(state_.folder(), poll({"ghost"})).status, 1);
}

TEST_F(PollTest, hosts_are_chosen_by_pattern) {
  const auto outcome = run_command(state_.folder(), poll({"--limit", "web"}));
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("web1  up"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("db1")));
}

TEST_F(PollTest, hosts_and_limit_both_count) {
  EXPECT_EQ(run_command(state_.folder(), poll({"web1", "--limit", "web"})).status, 0);
  const auto both = run_command(state_.folder(), poll({"web1", "db1", "--limit", "web"}));
  EXPECT_EQ(both.status, 0);
  EXPECT_THAT(both.out, Not(HasSubstr("db1")));
  const auto neither = run_command(state_.folder(), poll({"web1", "--limit", "db1"}));
  EXPECT_EQ(neither.status, 2);
  EXPECT_EQ(neither.out, "");
  EXPECT_THAT(neither.err, HasSubstr("web1 and --limit 'db1' have no host in common"));
  EXPECT_EQ(run_command(state_.folder(), poll({"--limit", "all:!all"})).status, 2);
}

TEST_F(PollTest, a_pattern_that_matches_nothing_points_to_the_registered_hosts) {
  const auto outcome = run_command(state_.folder(), poll({"--limit", "h99"}));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("h99"), HasSubstr("muster hosts")));
}

TEST_F(PollTest, a_host_that_is_named_twice_is_polled_once) {
  const auto outcome = run_command(state_.folder(), {"poll", "web1", "web1", "--json"});
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["hosts"].size(), 1U);
}

TEST_F(PollTest, a_class_takes_one_word_and_may_be_repeated) {
  const auto outcome = run_command(state_.folder(), {"poll", "--class", "SCX_UnixProcess", "--class",
                                                     "SCX_MemoryStatisticalInformation", "web1"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("web1  up     SCX_UnixProcess                        1200\n"),
                                 HasSubstr("web1  up     SCX_MemoryStatisticalInformation          1\n"),
                                 Not(HasSubstr("db1"))));
}

TEST_F(PollTest, a_class_that_failed_is_shown_and_makes_it_partly) {
  const std::vector<std::string> known = {"poll", "web1", "--class", "SCX_UnixProcess"};
  auto words = known;
  words.insert(words.end(), {"--class", "SCX_None"});
  const auto outcome = run_command(state_.folder(), words);
  EXPECT_EQ(outcome.status, 3);
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("web1  up      SCX_UnixProcess"), HasSubstr("web1  failed  SCX_None")));
  EXPECT_THAT(outcome.err, HasSubstr("web1: SCX_None: "));
  EXPECT_THAT(run_command(state_.folder(), {"poll", "web1"}).out, HasSubstr("web1  partly"));
}

TEST_F(PollTest, a_failed_host_is_named_with_reason_and_hint) {
  const auto outcome = run_command(state_.folder(), poll({}));
  EXPECT_THAT(outcome.out, HasSubstr("db1   failed"));
  EXPECT_THAT(outcome.err, HasSubstr("muster: db1: 127.0.0.1:"));
  EXPECT_THAT(outcome.err, HasSubstr("hint: "));
}

TEST_F(PollTest, json_holds_every_property_and_the_error) {
  const auto outcome = run_command(state_.folder(), poll({"--json"}));
  EXPECT_EQ(outcome.status, 3);
  const auto hosts = nlohmann::json::parse(outcome.out)["hosts"];
  ASSERT_EQ(hosts.size(), 2U);
  EXPECT_EQ(hosts[0]["host"], "db1");
  EXPECT_EQ(hosts[0]["error"]["code"], "unreachable");
  EXPECT_EQ(hosts[1]["vitals"]["memory_percent"], 63);
  EXPECT_EQ(hosts[1]["classes"]["SCX_MemoryStatisticalInformation"][0]["PercentUsedMemory"], "63");
}

}  // namespace
}  // namespace muster
