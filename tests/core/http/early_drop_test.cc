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
  const Promise grows[] = {Promise::over,     Promise::silent, Promise::idle,
                           Promise::greeting, Promise::asking, Promise::deciding};
  for (std::size_t i = 1; i < std::size(grows); ++i) {
    EXPECT_LT((Worth{Repute::none, grows[i - 1], late}), (Worth{Repute::none, grows[i], early})) << i;
  }
  EXPECT_LT((Worth{Repute::none, Promise::silent, early}), (Worth{Repute::none, Promise::silent, late}));
}

TEST(EarlyDrop, WhatTheSourceIsKnownForCountsFirst) {
  const std::chrono::steady_clock::time_point any{};
  EXPECT_LT((Worth{Repute::bad, Promise::deciding, any}), (Worth{Repute::none, Promise::over, any}));
  EXPECT_LT((Worth{Repute::none, Promise::deciding, any}), (Worth{Repute::good, Promise::over, any}));
}

}  // namespace
}  // namespace muster::http
