// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/recent_sources.h"

#include <gtest/gtest.h>

namespace muster::http {
namespace {

using std::chrono::seconds;

TEST(RecentSources, CountForTheirTimeAfterTheyWereSeenLast) {
  RecentSources recent(4, seconds(10));
  RecentSources::Time now{};
  EXPECT_FALSE(recent.holds("a", now));
  recent.add("a", now);
  EXPECT_TRUE(recent.holds("a", now + seconds(9)));
  EXPECT_FALSE(recent.holds("a", now + seconds(10)));
  recent.add("a", now + seconds(9));
  EXPECT_TRUE(recent.holds("a", now + seconds(18)));
  EXPECT_FALSE(recent.holds("b", now));
}

TEST(RecentSources, ForgetTheOneThatWasSeenTheLongestAgo) {
  RecentSources recent(2, seconds(10));
  const RecentSources::Time now{};
  recent.add("a", now);
  recent.add("b", now);
  recent.add("a", now);
  recent.add("c", now);
  EXPECT_TRUE(recent.holds("a", now));
  EXPECT_FALSE(recent.holds("b", now));
  EXPECT_TRUE(recent.holds("c", now));
}

}  // namespace
}  // namespace muster::http
