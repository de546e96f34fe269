// SPDX-License-Identifier: GPL-2.0-or-later
#include <nlohmann/json.hpp>

#include "orchestrator/service/instance_lock.h"
#include "tests/orchestrator/commands/run_command.h"
#include "tests/orchestrator/poll/local_agent.h"

namespace muster {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::host_at;
using ::testing::Not;
using testing::run_command;
using testing::State;

class HostsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = state_.store();
    const auto now = std::chrono::system_clock::now();
    for (const char* name : {"web1", "web2", "web3"}) ASSERT_TRUE(store.put_host(host_at(name, 1270)));
    ASSERT_TRUE(store.put_poll({}, {{"web1", Health::up, now, now, ""},
                                    {"web2", Health::up, now, now, "HTTP 401: refused"},
                                    {"web3", Health::down, now, now, "connection refused"}}));
  }
  nlohmann::json shown() const {
    return nlohmann::json::parse(run_command(state_.folder(), {"hosts", "--json"}).out);
  }
  State state_;
};

TEST_F(HostsTest, one_that_refuses_every_poll_is_not_called_up) {
  const auto hosts = shown()["hosts"];
  ASSERT_EQ(hosts.size(), 3U);
  EXPECT_EQ(hosts[0]["health"], "up");
  EXPECT_EQ(hosts[1]["health"], "refuses");
  EXPECT_EQ(hosts[2]["health"], "down");
  EXPECT_THAT(run_command(state_.folder(), {"hosts"}).out, HasSubstr("web2: HTTP 401: refused\n"));
}

TEST_F(HostsTest, one_that_fails_for_some_classes_is_up_and_tells_them) {
  const auto now = std::chrono::system_clock::now();
  const std::string reason = "SCX_FileSystem: the provider has not answered in time";
  ASSERT_TRUE(state_.store().put_poll({}, {{"web1", Health::up, now, now, reason, true}}));
  const auto host = shown()["hosts"][0];
  EXPECT_EQ(host["health"], "up");
  EXPECT_EQ(host["reason"], reason);
  EXPECT_THAT(run_command(state_.folder(), {"hosts"}).out, HasSubstr("web1: " + reason + "\n"));
}

TEST_F(HostsTest, what_nobody_watches_is_said_to_be_old) {
  EXPECT_EQ(shown()["watched"], false);
  EXPECT_THAT(run_command(state_.folder(), {"hosts"}).out, HasSubstr("muster serve is not running"));
  const auto serving = service::lock_instance(state_.folder());
  ASSERT_TRUE(serving);
  EXPECT_EQ(shown()["watched"], true);
  EXPECT_THAT(run_command(state_.folder(), {"hosts"}).out, Not(HasSubstr("not running")));
}

TEST_F(HostsTest, the_worst_come_first_and_can_be_had_alone) {
  const auto all = run_command(state_.folder(), {"hosts"}).out;
  EXPECT_LT(all.find("\nweb3 "), all.find("\nweb2 "));
  EXPECT_LT(all.find("\nweb2 "), all.find("\nweb1 "));
  const auto down = run_command(state_.folder(), {"hosts", "--down"}).out;
  EXPECT_THAT(down, AllOf(HasSubstr("\nweb3 "), Not(HasSubstr("\nweb1 ")), Not(HasSubstr("\nweb2 "))));
  EXPECT_EQ(run_command(state_.folder(), {"hosts", "web1", "--down"}).out, "none is down\n");
}

TEST_F(HostsTest, hosts_are_chosen_by_name_and_pattern) {
  const auto one = run_command(state_.folder(), {"hosts", "web1", "web2", "--limit", "!web2"});
  EXPECT_EQ(one.status, 0) << one.err;
  EXPECT_THAT(one.out, AllOf(HasSubstr("\nweb1 "), Not(HasSubstr("\nweb2 "))));
  const auto none = run_command(state_.folder(), {"hosts", "web1", "--limit", "web2"});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.err, HasSubstr("web1 and --limit 'web2'"));
  EXPECT_EQ(run_command(state_.folder(), {"hosts", "forget", "web1", "--limit", "web2"}).status, 2);
  EXPECT_EQ(shown()["hosts"].size(), 3U);
}

TEST_F(HostsTest, groups_are_a_list_for_programs) {
  auto host = host_at("web1", 1270);
  host.groups = "north,web";
  ASSERT_TRUE(state_.store().put_host(host));
  EXPECT_EQ(shown()["hosts"][0]["groups"], nlohmann::json({"north", "web"}));
}

TEST_F(HostsTest, forget_takes_hosts_off_the_list) {
  const auto outcome = run_command(state_.folder(), {"hosts", "forget", "web1", "web3"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "web1: forgotten\nweb3: forgotten\n");
  ASSERT_EQ(shown()["hosts"].size(), 1U);
  EXPECT_EQ(shown()["hosts"][0]["host"], "web2");
}

TEST_F(HostsTest, forget_of_a_mistyped_name_changes_nothing) {
  const auto outcome = run_command(state_.folder(), {"hosts", "forget", "web1", "wbe2"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("wbe2"));
  EXPECT_EQ(shown()["hosts"].size(), 3U);
}

}  // namespace
}  // namespace muster
