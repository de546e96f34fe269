// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/secret.h"

#include <type_traits>

#include <gtest/gtest.h>

namespace muster {
namespace {

static_assert(!std::is_copy_constructible_v<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);

TEST(Secret, ComparesByContent) {
  EXPECT_TRUE(Secret("swordfish") == Secret("swordfish"));
  EXPECT_FALSE(Secret("swordfish") == Secret("swordfisH"));
  EXPECT_FALSE(Secret("swordfish") == Secret("swordfis"));
  const Secret none;
  EXPECT_TRUE(none == Secret(""));
}

TEST(Secret, MovingLeavesTheSourceEmpty) {
  Secret a("swordfish");
  Secret b = std::move(a);
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): that is the point
  EXPECT_EQ(b.reveal(), "swordfish");
  b = Secret("other");
  EXPECT_EQ(b.clone().reveal(), "other");
}

TEST(Wipe, OverwritesTheBytes) {
  std::string text = "swordfish";
  wipe(text);
  EXPECT_EQ(text, std::string(9, '\0'));
}

}  // namespace
}  // namespace muster
