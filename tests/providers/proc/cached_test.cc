// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/cached.h"

#include <gtest/gtest.h>

#include "core/base/error.h"

namespace muster::proc {
namespace {

using std::chrono::seconds;

constexpr std::chrono::steady_clock::time_point kStart{seconds(1000)};

TEST(Cached, ReadsAgainWhenItsLifetimeIsOver) {
  Cached<int> cached{seconds(5)};
  int readings = 0;
  const auto read = [&] { return ++readings; };
  EXPECT_EQ(cached.value(kStart, read), 1);
  EXPECT_EQ(cached.value(kStart + seconds(4), read), 1);
  EXPECT_EQ(cached.value(kStart + seconds(5), read), 2);
  EXPECT_EQ(cached.value(kStart + seconds(9), read), 2);
}

TEST(Cached, DoesNotKeepAnError) {
  Cached<Result<int>> cached{seconds(5)};
  EXPECT_FALSE(cached.value(kStart, [] { return Result<int>(fail(Errc::denied, "not yet")); }).has_value());
  EXPECT_EQ(cached.value(kStart, [] { return Result<int>(7); }).value(), 7);
  EXPECT_EQ(cached.value(kStart, [] { return Result<int>(fail(Errc::denied, "not asked")); }).value(), 7);
}

}  // namespace
}  // namespace muster::proc
