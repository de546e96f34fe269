// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/health/liveness.h"

#include <gtest/gtest.h>

namespace muster {
namespace {

WallTime at(int seconds) {
  return WallTime(std::chrono::seconds(1'000'000 + seconds));
}

Liveness fresh() {
  return Liveness({"web1", Health::unknown, {}, {}, {}});
}

TEST(Liveness, a_host_is_up_at_its_first_answer) {
  auto host = fresh();
  const auto change = host.answered(at(0));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->to, Health::up);
  EXPECT_FALSE(host.answered(at(10)));
  EXPECT_EQ(host.state().since, at(0));
  EXPECT_EQ(host.state().last_seen, at(10));
}

TEST(Liveness, one_miss_is_no_outage) {
  auto host = fresh();
  host.answered(at(0));
  EXPECT_FALSE(host.missed(at(10), "timeout"));
  EXPECT_FALSE(host.answered(at(11)));
  EXPECT_FALSE(host.missed(at(20), "timeout"));  // misses do not add up over answers
  EXPECT_EQ(host.state().health, Health::up);
}

TEST(Liveness, the_second_miss_in_a_row_is_an_outage_reported_once) {
  auto host = fresh();
  host.answered(at(0));
  host.missed(at(10), "timeout");
  const auto change = host.missed(at(11), "connection refused");
  ASSERT_TRUE(change);
  EXPECT_EQ(change->to, Health::down);
  EXPECT_EQ(host.state().reason, "connection refused");
  EXPECT_EQ(host.state().last_seen, at(0));
  EXPECT_FALSE(host.missed(at(20), "no route"));
  EXPECT_EQ(host.state().reason, "no route");
  EXPECT_EQ(host.state().since, at(11));
}

TEST(Liveness, it_is_up_again_at_once) {
  auto host = fresh();
  host.missed(at(0), "x");
  host.missed(at(1), "x");
  const auto change = host.answered(at(186));
  ASSERT_TRUE(change);
  EXPECT_EQ(host.state().reason, "");
  EXPECT_EQ(change_text(host.state(), *change, at(186)), "web1: up again after 3 m 5 s");
}

TEST(Liveness, a_restart_reports_nothing_twice) {
  Liveness host({"web1", Health::down, at(0), at(-5), "refused"});
  EXPECT_FALSE(host.missed(at(10), "refused"));
  EXPECT_FALSE(host.missed(at(11), "refused"));
  EXPECT_EQ(host.state().since, at(0));
}

TEST(Liveness, one_that_answers_and_refuses_is_up_with_the_reason_until_it_does_not) {
  auto host = fresh();
  EXPECT_FALSE(host.refused({"HTTP 401"})) << "nobody knows yet that it is there";
  host.answered(at(0));
  EXPECT_TRUE(host.refused({"HTTP 401"}));
  EXPECT_FALSE(host.refused({"HTTP 401"}));
  EXPECT_FALSE(host.answered(at(5)));
  EXPECT_EQ(host.state().health, Health::up);
  EXPECT_EQ(host.state().reason, "HTTP 401");
  EXPECT_TRUE(host.refused({}));
  EXPECT_EQ(host.state().reason, "");
}

TEST(Liveness, one_that_fails_for_some_classes_is_up_with_them_as_its_reason) {
  auto host = fresh();
  host.answered(at(0));
  EXPECT_TRUE(host.refused({"SCX_FileSystem: too late", true}));
  EXPECT_FALSE(host.refused({"SCX_FileSystem: too late", true}));
  EXPECT_TRUE(host.state().partly);
  host.missed(at(10), "no route");
  host.missed(at(11), "no route");
  EXPECT_FALSE(host.state().partly);
  host.answered(at(12));
  EXPECT_TRUE(host.refused({"SCX_FileSystem: too late", true}));
  EXPECT_TRUE(host.refused({}));
  EXPECT_FALSE(host.state().partly);
  EXPECT_EQ(host.state().reason, "");
}

TEST(Liveness, an_outage_is_told_by_name_with_reason_and_age) {
  auto host = fresh();
  host.answered(at(0));
  host.missed(at(10), "x");
  const auto reason = reason_text("10.0.0.5:1270: connection refused", "10.0.0.5:1270");
  const auto change = host.missed(at(12), reason);
  EXPECT_EQ(change_text(host.state(), *change, at(12)),
            "web1: down: connection refused (10.0.0.5:1270); last seen 12 s ago");
  auto never = fresh();
  never.missed(at(0), "x");
  const auto first = never.missed(at(1), "x");
  EXPECT_EQ(change_text(never.state(), *first, at(1)), "web1: down: x; never seen");
}

}  // namespace
}  // namespace muster
