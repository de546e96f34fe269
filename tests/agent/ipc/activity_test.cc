// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/ipc/activity.h"

#include <gtest/gtest.h>

#include "tests/agent/in_child.h"

namespace muster::ipc {
namespace {

TEST(Activity, OfOneProcessIsSeenByTheOthers) {
  const auto activity = Activity::shared();
  ASSERT_TRUE(activity.has_value());
  EXPECT_EQ(activity->host_is_at(), std::nullopt);
  muster::testing::in_child([&] {
    activity->host_begins(0);
    activity->front_work(7);
    activity->courier_work(3);
    return 0;
  });
  EXPECT_EQ(activity->host_is_at(), 0U) << "what a process was at when it ended stays";
  EXPECT_EQ(activity->front_work(), 7U);
  EXPECT_EQ(activity->courier_work(), 3U);
  EXPECT_EQ(activity->host_work(), 0U);
  activity->host_ends();
  EXPECT_EQ(activity->host_is_at(), std::nullopt);
  EXPECT_EQ(activity->host_work(), 1U);
}

}  // namespace
}  // namespace muster::ipc
