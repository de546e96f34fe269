// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/poller.h"

#include <functional>
#include <optional>

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
using ::testing::Not;
using testing::State;

// Runs a Poller, shrunk in time, until what a test waits for has happened.
class PollerTest : public ::testing::Test {
 protected:
  explicit PollerTest(std::vector<std::string> classes = {"SCX_MemoryStatisticalInformation"}) {
    PollerOptions options;
    options.interval = milliseconds(200);
    options.silence = milliseconds(150);
    options.probe_deadline = milliseconds(400);
    options.second_look = milliseconds(20);
    options.plan = {std::move(classes), milliseconds(800)};
    poller_.emplace(
        loop_, *authority_.client_context(), options,
        [this](const std::vector<Sample>& samples, const HostHealth& health) {
          for (const auto& sample : samples) ++samples_[sample.host];
          health_[health.host] = health;
        },
        [this](const HostHealth& state, const Liveness::Change& change) {
          changes_.push_back(state.host + (change.to == Health::up ? " up" : " down"));
        });
  }

  // False when it did not happen within 20 seconds.
  bool until(const std::function<bool()>& happened) {
    bool in_time = true;
    const auto look = loop_.every(milliseconds(5), [&] {
      if (happened()) loop_.stop();
    });
    const auto limit = loop_.after(std::chrono::seconds(20), [&] {
      in_time = false;
      loop_.stop();
    });
    loop_.run();
    return in_time;
  }

  State state_;
  Authority authority_ = state_.authority();
  http::Loop loop_;
  std::map<std::string, int> samples_;
  std::map<std::string, HostHealth> health_;
  std::vector<std::string> changes_;
  std::optional<Poller> poller_;
};

TEST_F(PollerTest, polls_again_and_again_over_one_connection) {
  LocalAgent agent(authority_, {"web1"});
  poller_->set_hosts({host_at("web1", agent.port())}, {});
  ASSERT_TRUE(until([&] { return samples_["web1"] >= 4; }));
  EXPECT_EQ(health_["web1"].health, Health::up);
  EXPECT_THAT(changes_, ::testing::ElementsAre("web1 up"));
  EXPECT_EQ(agent.connections(), 1U);
  const auto summary = poller_->take_summary();
  EXPECT_EQ(summary.up, 1U);
  EXPECT_GE(summary.polls, 4U);
  EXPECT_EQ(summary.failed, 0U);
}

TEST_F(PollerTest, a_host_that_refuses_every_poll_is_up_with_the_reason) {
  LocalAgent agent(authority_, {"web1"}, LocalAgent::Behaviour::refuses);
  poller_->set_hosts({host_at("web1", agent.port())}, {});
  ASSERT_TRUE(until([&] { return !health_["web1"].reason.empty(); }));
  EXPECT_EQ(health_["web1"].health, Health::up);
  EXPECT_THAT(health_["web1"].reason, HasSubstr("401"));
  EXPECT_EQ(samples_["web1"], 0);
}

class PartlyTest : public PollerTest {
 protected:
  PartlyTest() : PollerTest({"SCX_MemoryStatisticalInformation", "SCX_UnixProcess"}) {}
};

TEST_F(PartlyTest, a_host_of_which_a_class_fails_is_up_with_the_reason_until_it_does_not) {
  LocalAgent agent(authority_, {"web1"});
  agent.fail_class("SCX_UnixProcess");
  poller_->set_hosts({host_at("web1", agent.port())}, {});
  ASSERT_TRUE(until([&] { return !health_["web1"].reason.empty(); }));
  EXPECT_EQ(health_["web1"].health, Health::up);
  EXPECT_TRUE(health_["web1"].partly);
  EXPECT_THAT(health_["web1"].reason, ::testing::StartsWith("SCX_UnixProcess: "));
  EXPECT_THAT(health_["web1"].reason, Not(HasSubstr("127.0.0.1")));
  const auto before = samples_["web1"];
  ASSERT_TRUE(until([&] { return samples_["web1"] >= before + 2; }));
  EXPECT_TRUE(health_["web1"].partly) << "it stays while the class fails";
  agent.fail_class("");
  ASSERT_TRUE(until([&] { return health_["web1"].reason.empty(); }));
  EXPECT_FALSE(health_["web1"].partly);
  EXPECT_THAT(changes_, ::testing::ElementsAre("web1 up"));
}

TEST_F(PollerTest, a_host_that_dies_is_down_with_its_reason_and_up_when_it_is_back) {
  auto agent = std::make_unique<LocalAgent>(authority_, std::vector<std::string>{"web1"});
  const auto port = agent->port();
  poller_->set_hosts({host_at("web1", port)}, {});
  ASSERT_TRUE(until([&] { return samples_["web1"] >= 1; }));
  agent.reset();
  ASSERT_TRUE(until([&] { return health_["web1"].health == Health::down; }));
  EXPECT_THAT(health_["web1"].reason, HasSubstr("(127.0.0.1:" + std::to_string(port) + ")"));
  agent = std::make_unique<LocalAgent>(authority_, std::vector<std::string>{"web1"},
                                       LocalAgent::Behaviour::answers, port);
  const auto before = samples_["web1"];
  ASSERT_TRUE(until([&] { return samples_["web1"] > before; }));
  EXPECT_THAT(changes_, ::testing::ElementsAre("web1 up", "web1 down", "web1 up"));
}

TEST_F(PollerTest, a_host_that_was_never_there_is_down_and_the_rest_is_polled) {
  LocalAgent agent(authority_, {"web1"});
  poller_->set_hosts({host_at("web1", agent.port()), host_at("web2", closed_port())}, {});
  ASSERT_TRUE(until([&] { return health_["web2"].health == Health::down && samples_["web1"] >= 3; }));
  EXPECT_EQ(health_["web2"].last_seen, WallTime{});
}

TEST_F(PollerTest, an_agent_that_takes_requests_and_never_answers_is_still_found_alive_by_identify) {
  const LocalAgent agent(authority_, {"web1"}, LocalAgent::Behaviour::hangs);
  poller_->set_hosts({host_at("web1", agent.port())}, {});
  ASSERT_TRUE(until([&] { return health_["web1"].health == Health::up; }));
}

TEST_F(PollerTest, a_new_client_certificate_is_shown_over_a_new_connection) {
  LocalAgent agent(authority_, {"web1"});
  poller_->set_hosts({host_at("web1", agent.port())}, {});
  ASSERT_TRUE(until([&] { return samples_["web1"] >= 2; }));
  poller_->set_context(*authority_.client_context());
  const auto before = samples_["web1"];
  ASSERT_TRUE(until([&] { return samples_["web1"] >= before + 3; }));
  EXPECT_EQ(agent.connections(), 2U);
  EXPECT_THAT(changes_, ::testing::ElementsAre("web1 up"));
}

TEST_F(PollerTest, a_stored_outage_is_not_reported_again) {
  poller_->set_hosts({host_at("web1", closed_port())},
                     {{"web1", Health::down, std::chrono::system_clock::now(), {}, "refused before"}});
  LocalAgent agent(authority_, {"web2"});
  poller_->set_hosts({host_at("web1", closed_port()), host_at("web2", agent.port())}, {});
  ASSERT_TRUE(until([&] { return samples_["web2"] >= 5; }));
  EXPECT_THAT(changes_, ::testing::ElementsAre("web2 up"));
}

TEST_F(PollerTest, hosts_come_and_go_and_move_while_it_runs) {
  LocalAgent first(authority_, {"web1", "web2"});
  LocalAgent second(authority_, {"web1", "web2"});
  poller_->set_hosts({host_at("web1", first.port())}, {});
  ASSERT_TRUE(until([&] { return samples_["web1"] >= 1; }));
  poller_->set_hosts({host_at("web2", first.port())}, {});
  const auto left = samples_["web1"];
  ASSERT_TRUE(until([&] { return samples_["web2"] >= 3; }));
  EXPECT_EQ(samples_["web1"], left);
  poller_->set_hosts({host_at("web2", second.port())}, {});
  const auto moved = samples_["web2"];
  ASSERT_TRUE(until([&] { return samples_["web2"] >= moved + 2; }));
  EXPECT_EQ(second.connections(), 1U);
  EXPECT_THAT(changes_, ::testing::ElementsAre("web1 up", "web2 up"));
}

}  // namespace
}  // namespace muster
