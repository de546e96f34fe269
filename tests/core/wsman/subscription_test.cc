// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/subscription.h"

#include <gtest/gtest.h>

namespace muster::wsman {
namespace {

using namespace std::chrono_literals;

class SubscriptionsTest : public ::testing::Test {
 protected:
  void open(const std::string& id, const std::string& principal = "alice") {
    all_.open(id, {principal, "TEST_Disk"}, 60s, now_);
  }
  const Subscription* find(const std::string& id, const std::string& principal = "alice") {
    return all_.find(id, principal, now_, fault_);
  }
  Subscriptions all_;
  Subscriptions::Time now_{};
  Fault fault_;
};

TEST_F(SubscriptionsTest, BelongToWhoBeganThem) {
  open("1");
  EXPECT_NE(find("1"), nullptr);
  EXPECT_EQ(find("1", "bob"), nullptr);
  EXPECT_EQ(fault_.code, FaultCode::access_denied);
  EXPECT_EQ(find("2"), nullptr);
  EXPECT_EQ(fault_.code, FaultCode::invalid_message);
}

TEST_F(SubscriptionsTest, EndWithTheirTimeAndLiveLongerWhenRenewed) {
  open("1");
  open("2");
  now_ += 59s;
  all_.renew("2", 60s, now_);
  now_ += 1s;
  EXPECT_EQ(find("1"), nullptr);
  EXPECT_NE(find("2"), nullptr);
  EXPECT_EQ(all_.expired(now_), std::vector<std::string>{"1"});
}

TEST_F(SubscriptionsTest, AreLimitedPerCallerAndInAll) {
  for (std::size_t i = 0; i < Subscriptions::kPerPrincipal; ++i) open("a" + std::to_string(i));
  EXPECT_EQ(all_.check_room("alice")->code, FaultCode::quota_limit);
  EXPECT_FALSE(all_.check_room("bob"));
  for (std::size_t i = 0; all_.size() < Subscriptions::kInAll; ++i) {
    open("b" + std::to_string(i), "user " + std::to_string(i));
  }
  EXPECT_EQ(all_.check_room("carol")->code, FaultCode::quota_limit);
}

TEST_F(SubscriptionsTest, KeepTheNewestEventsAndCountTheOthers) {
  open("1");
  for (std::size_t i = 0; i < Subscriptions::kMostWaiting + 3; ++i) all_.add("1", {std::to_string(i), ""});
  EXPECT_EQ(all_.waiting("1").size(), Subscriptions::kMostWaiting);
  EXPECT_EQ(all_.waiting("1").front().item, "3");
  EXPECT_EQ(all_.untold_drops("1"), 3U);
  all_.told_drops("1");
  EXPECT_FALSE(all_.untold_drops("1"));
  all_.add("1", {"x", ""});
  EXPECT_EQ(all_.untold_drops("1"), 4U) << "the count is that of the whole subscription";
}

TEST_F(SubscriptionsTest, AreBoundedInOctetsToo) {
  open("1");
  for (int i = 0; i < 20; ++i) all_.add("1", {std::string(Subscriptions::kWaitingBytes / 10, 'x'), ""});
  EXPECT_EQ(all_.waiting("1").size(), 10U);
  all_.advance("1", 4);
  EXPECT_EQ(all_.waiting("1").size(), 6U);
  all_.advance("1", 100);
  EXPECT_TRUE(all_.waiting("1").empty());
}

TEST_F(SubscriptionsTest, AnEventForNobodyIsLost) {
  EXPECT_FALSE(all_.add("1", {"x", ""}));
  EXPECT_TRUE(all_.waiting("1").empty());
}

TEST_F(SubscriptionsTest, ALifetimeIsWhatWasAskedForUpToAWeek) {
  EXPECT_EQ(Subscriptions::granted(1s), 1s);
  EXPECT_EQ(Subscriptions::granted(std::nullopt), 1h);
  EXPECT_EQ(Subscriptions::granted(1000h), 168h);
}

}  // namespace
}  // namespace muster::wsman
