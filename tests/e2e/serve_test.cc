// SPDX-License-Identifier: GPL-2.0-or-later
// Scheduled polling of real agents: samples arrive, a dead host is known within 30 seconds and disturbs nobody, the
// end is clean.
#include <algorithm>
#include <csignal>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/lab.h"

namespace muster::e2e {
namespace {

using Json = nlohmann::json;

class ServeTest : public LabTest {
 protected:
  static void SetUpTestSuite() {
    start({"3"});
    if (lab().up()) run(lab().provision());
  }
  void SetUp() override {
    LabTest::SetUp();
    if (HasFatalFailure()) return;
    serve_ = std::make_unique<Background>(lab().muster({"serve", "--interval", "5"}),
                                          lab().scratch() + "/serve.log");
    ASSERT_TRUE(eventually([] {
      return health("h1") == "up" && health("h2") == "up" && health("h3") == "up";
    })) << serve_->log();
  }

  static Json host(const std::string& name) {
    const auto all = Json::parse(run(lab().muster({"--json", "hosts"})).out, nullptr, false);
    if (all.is_discarded()) return {};
    for (const auto& one : all.value("hosts", Json::array())) {
      if (one.value("host", "") == name) return one;
    }
    return {};
  }
  static std::string health(const std::string& name) {
    const auto one = host(name);
    if (!one.is_object() || !one.contains("health")) return "";
    const auto& value = one.at("health");
    return value.is_string() ? value.get<std::string>() : value.value("state", "");
  }

  std::unique_ptr<Background> serve_;
};

TEST_F(ServeTest, AStoppedAgentIsDownWithinThirtySecondsAndTheOthersStayUp) {
  ASSERT_EQ(lab().on("h1", "systemctl stop muster-agent").status, 0);
  EXPECT_TRUE(eventually([] { return health("h1") == "down"; }, std::chrono::seconds(30))) << serve_->log();
  EXPECT_EQ(health("h2"), "up");
  EXPECT_EQ(health("h3"), "up");
  ASSERT_EQ(lab().on("h1", "systemctl start muster-agent").status, 0);
  EXPECT_TRUE(eventually([] { return health("h1") == "up"; })) << serve_->log();
}

TEST_F(ServeTest, AHostThatFallsSilentIsDownWithinThirtySeconds) {
  ASSERT_EQ(lab().on("h2", "systemctl kill -s STOP muster-agent").status, 0);
  EXPECT_TRUE(eventually([] { return health("h2") == "down"; }, std::chrono::seconds(30))) << serve_->log();
  EXPECT_EQ(health("h1"), "up");
  EXPECT_EQ(health("h3"), "up");
  ASSERT_EQ(lab().on("h2", "systemctl kill -s CONT muster-agent").status, 0);
  EXPECT_TRUE(eventually([] { return health("h2") == "up"; })) << serve_->log();
}

// Nothing comes back at all: no reset, no answer. As a firewall, a dead switch or a dead kernel does it.
TEST_F(ServeTest, AtTheDefaultIntervalAHostWhosePacketsVanishIsDownWithinThirtySeconds) {
  serve_->signal(SIGTERM);
  ASSERT_EQ(serve_->wait(std::chrono::seconds(3)), 0);
  const auto seen = [](const std::string& name) { return host(name).value("last_seen", ""); };
  std::map<std::string, std::string> before;
  for (const char* name : {"h1", "h2", "h3"}) before[name] = seen(name);
  serve_ = std::make_unique<Background>(lab().muster({"serve"}), lab().scratch() + "/serve3.log");
  ASSERT_TRUE(eventually(
      [&] {
        return std::all_of(before.begin(), before.end(),
                           [&](const auto& known) { return seen(known.first) > known.second; });
      },
      std::chrono::seconds(90)))
      << serve_->log();
  const Words route{"ip", "-n", "muster-lab-h3", "route", "add", "blackhole", "10.213.0.1/32"};
  ASSERT_EQ(run(route).status, 0);
  EXPECT_TRUE(eventually([] { return health("h3") == "down"; }, std::chrono::seconds(30))) << serve_->log();
  EXPECT_EQ(health("h1"), "up");
  EXPECT_EQ(health("h2"), "up");
  auto undo = route;
  undo[4] = "del";
  ASSERT_EQ(run(undo).status, 0);
  EXPECT_TRUE(eventually([] { return health("h3") == "up"; }, std::chrono::seconds(90))) << serve_->log();
}

TEST_F(ServeTest, TheEndIsCleanAndQuick) {
  serve_->signal(SIGTERM);
  EXPECT_EQ(serve_->wait(std::chrono::seconds(3)), 0) << serve_->log();
}

TEST_F(ServeTest, AKilledServerStartsAgain) {
  serve_->signal(SIGKILL);
  serve_->wait(std::chrono::seconds(3));
  serve_ = std::make_unique<Background>(lab().muster({"serve", "--interval", "5"}),
                                        lab().scratch() + "/serve2.log");
  ASSERT_EQ(lab().on("h3", "systemctl stop muster-agent").status, 0);
  EXPECT_TRUE(eventually([] { return health("h3") == "down"; }, std::chrono::seconds(30))) << serve_->log();
  ASSERT_EQ(lab().on("h3", "systemctl start muster-agent").status, 0);
}

}  // namespace
}  // namespace muster::e2e
