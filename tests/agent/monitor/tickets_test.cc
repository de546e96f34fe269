// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/tickets.h"

#include <set>

#include <gtest/gtest.h>

namespace muster::agent {
namespace {

const Tickets::Time kNow{std::chrono::seconds(1000)};

TEST(Tickets, AreGoodForTheirUserUntilTheyExpire) {
  Tickets tickets;
  const auto ticket = tickets.issue("alice", kNow);
  ASSERT_TRUE(ticket.has_value());
  EXPECT_TRUE(tickets.is_good(*ticket, "alice", kNow));
  EXPECT_TRUE(tickets.is_good(*ticket, "alice", kNow + Tickets::kLife - std::chrono::milliseconds(1)));
  EXPECT_FALSE(tickets.is_good(*ticket, "alice", kNow + Tickets::kLife));
}

TEST(Tickets, AreNothingForAnybodyElse) {
  Tickets tickets;
  const auto hers = tickets.issue("alice", kNow);
  const auto his = tickets.issue("bob", kNow);
  ASSERT_TRUE(hers && his);
  EXPECT_FALSE(tickets.is_good(*hers, "bob", kNow));
  EXPECT_FALSE(tickets.is_good(*hers, "root", kNow));
  EXPECT_FALSE(tickets.is_good("", "alice", kNow));
  EXPECT_FALSE(tickets.is_good(hers->substr(0, 31), "alice", kNow));
  EXPECT_FALSE(tickets.is_good(std::string(32, '0'), "alice", kNow));
  tickets.clear();
  EXPECT_FALSE(tickets.is_good(*hers, "alice", kNow));
}

TEST(Tickets, AreHundredAndTwentyEightBitsThatDoNotRepeat) {
  Tickets tickets;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(tickets.issue("alice", kNow).value_or(""));
  EXPECT_EQ(seen.size(), 100U);
  for (const auto& each : seen) EXPECT_EQ(each.size(), 32U);
}

TEST(Tickets, AreBoundedInNumber) {
  Tickets tickets;
  const auto first = tickets.issue("alice", kNow);
  for (std::size_t i = 1; i < Tickets::kMost; ++i) ASSERT_TRUE(tickets.issue("bob", kNow).has_value());
  EXPECT_TRUE(tickets.is_good(*first, "alice", kNow));
  ASSERT_TRUE(tickets.issue("bob", kNow).has_value());
  EXPECT_FALSE(tickets.is_good(*first, "alice", kNow));
}

}  // namespace
}  // namespace muster::agent
