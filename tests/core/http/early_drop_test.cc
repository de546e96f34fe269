// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/early_drop.h"

#include <gtest/gtest.h>

namespace muster::http {
namespace {

// Of a hundred newcomers, how many make somebody go.
int dropped(const EarlyDrop& rule, std::size_t strangers) {
  int count = 0;
  for (unsigned dice = 0; dice < 100; ++dice) count += rule.drops(strangers, dice) ? 1 : 0;
  return count;
}

TEST(EarlyDrop, GrowsFromTheFirstChanceToCertainty) {
  const EarlyDrop rule{32, 30, 64};
  EXPECT_EQ(dropped(rule, 0), 0);
  EXPECT_EQ(dropped(rule, 31), 0);
  EXPECT_EQ(dropped(rule, 32), 30);
  EXPECT_EQ(dropped(rule, 48), 65);
  EXPECT_EQ(dropped(rule, 63), 97);
  EXPECT_EQ(dropped(rule, 64), 100);
  EXPECT_EQ(dropped(rule, 1000), 100);
}

TEST(EarlyDrop, MayBeAWallOrNothing) {
  const EarlyDrop wall{64, 30, 64};
  EXPECT_EQ(dropped(wall, 63), 0);
  EXPECT_EQ(dropped(wall, 64), 100);
  EXPECT_FALSE(EarlyDrop{}.enabled());
  EXPECT_EQ(dropped({}, 100000), 0);
}

TEST(EarlyDrop, WhoPromisesLeastGoesFirstAndOfEqualsTheOldest) {
  const std::chrono::steady_clock::time_point early{};
  const auto late = early + std::chrono::seconds(1);
  EXPECT_LT((Worth{Promise::over, late}), (Worth{Promise::silent, early}));
  EXPECT_LT((Worth{Promise::silent, late}), (Worth{Promise::idle, early}));
  EXPECT_LT((Worth{Promise::idle, late}), (Worth{Promise::greeting, early}));
  EXPECT_LT((Worth{Promise::greeting, late}), (Worth{Promise::asking, early}));
  EXPECT_LT((Worth{Promise::asking, late}), (Worth{Promise::deciding, early}));
  EXPECT_LT((Worth{Promise::silent, early}), (Worth{Promise::silent, late}));
}

}  // namespace
}  // namespace muster::http
