// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/poll_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/poll/local_agent.h"

namespace muster {
namespace {

using std::chrono::milliseconds;
using testing::closed_port;
using ::testing::HasSubstr;
using testing::host_at;
using testing::LocalAgent;
using testing::State;

const std::string kMemoryClass = "SCX_MemoryStatisticalInformation";

class PollHost : public ::testing::Test {
 protected:
  std::vector<Reading> poll(const std::vector<HostRecord>& hosts, const PollPlan& plan,
                            std::size_t concurrency = 200) {
    return poll_once(hosts, *authority_.client_context(), plan, concurrency);
  }
  State state_;
  Authority authority_ = state_.authority();
};

TEST_F(PollHost, reads_a_class_by_mutual_tls) {
  const LocalAgent agent(authority_, {"web1"});
  const auto readings = poll({host_at("web1", agent.port())}, {{kMemoryClass}});
  ASSERT_EQ(readings.size(), 1U);
  ASSERT_FALSE(readings[0].error) << readings[0].error->what;
  EXPECT_TRUE(readings[0].reached);
  EXPECT_EQ(vitals_of(readings[0]).memory_percent, 63);
  EXPECT_EQ(samples_of(readings[0]).size(), 1U);
}

TEST_F(PollHost, pulls_until_the_end_over_one_connection) {
  LocalAgent agent(authority_, {"web1"});
  const auto readings = poll({host_at("web1", agent.port())}, {{"SCX_UnixProcess", kMemoryClass}});
  ASSERT_FALSE(readings[0].error) << readings[0].error->what;
  ASSERT_EQ(readings[0].classes.size(), 2U);
  EXPECT_EQ(readings[0].classes[0].items.size(), 1'200U);
  EXPECT_EQ(readings[0].classes[0].items[1'199].find("Handle")->text, "1199");
  EXPECT_EQ(agent.connections(), 1U);
}

TEST_F(PollHost, a_class_that_the_agent_lacks_spoils_no_other) {
  const LocalAgent agent(authority_, {"web1"});
  const auto readings = poll({host_at("web1", agent.port())}, {{"SCX_Nothing", kMemoryClass}});
  EXPECT_FALSE(readings[0].error);
  ASSERT_TRUE(readings[0].classes[0].error);
  EXPECT_EQ(readings[0].classes[0].error->code, Errc::not_found);
  EXPECT_EQ(readings[0].classes[1].items.size(), 1U);
}

TEST_F(PollHost, a_certificate_for_another_name_is_refused_with_both_names) {
  const LocalAgent agent(authority_, {"db1"});
  const auto readings = poll({host_at("web1", agent.port())}, {{kMemoryClass}});
  ASSERT_TRUE(readings[0].error);
  EXPECT_EQ(readings[0].error->code, Errc::untrusted);
  EXPECT_THAT(readings[0].error->what, HasSubstr("web1"));
  EXPECT_THAT(readings[0].error->what, HasSubstr("db1"));
  EXPECT_FALSE(readings[0].reached);
}

TEST_F(PollHost, an_agent_of_another_authority_is_refused) {
  const State other;
  const LocalAgent agent(other.authority(), {"web1"});
  const auto readings = poll({host_at("web1", agent.port())}, {{kMemoryClass}});
  ASSERT_TRUE(readings[0].error);
  EXPECT_EQ(readings[0].error->code, Errc::untrusted);
}

TEST_F(PollHost, one_that_hangs_and_one_that_refuses_do_not_delay_the_others) {
  const LocalAgent good(authority_, {"web1", "web2"});
  const LocalAgent hanging(authority_, {"web3"}, LocalAgent::Behaviour::hangs);
  const std::vector<HostRecord> hosts = {host_at("web3", hanging.port()), host_at("web1", good.port()),
                                         host_at("web4", closed_port()), host_at("web2", good.port())};
  const auto readings = poll(hosts, {{kMemoryClass}, milliseconds(1'000)});
  EXPECT_EQ(readings[0].error->code, Errc::timeout);
  EXPECT_GE(readings[0].took, milliseconds(900));
  EXPECT_FALSE(readings[1].error);
  EXPECT_LT(readings[1].took, milliseconds(900));
  EXPECT_EQ(readings[2].error->code, Errc::unreachable);
  EXPECT_FALSE(readings[3].error);
  EXPECT_EQ(readings[3].host, "web2");
}

TEST_F(PollHost, more_hosts_than_may_be_polled_at_once_all_have_their_turn) {
  const LocalAgent agent(authority_, {"web1"});
  const std::vector<HostRecord> hosts(25, host_at("web1", agent.port()));
  const auto readings = poll(hosts, {{kMemoryClass}}, 3);
  ASSERT_EQ(readings.size(), 25U);
  for (const auto& reading : readings) EXPECT_FALSE(reading.error);
}

TEST_F(PollHost, no_hosts_are_no_work) {
  EXPECT_TRUE(poll({}, {{kMemoryClass}}).empty());
}

}  // namespace
}  // namespace muster
