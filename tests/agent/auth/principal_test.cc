// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/auth/principal.h"

#include <gtest/gtest.h>

namespace muster::auth {
namespace {

TEST(Principal, KeyTellsItsCallerWithoutTheProof) {
  const auto alice = Principal::from_monitor(authentication_answer(1, true, "alice", "ticket"));
  ASSERT_TRUE(alice.has_value());
  const auto caller = caller_of_key(alice->key());
  ASSERT_TRUE(caller.has_value());
  EXPECT_EQ(caller->kind, ipc::Caller::Kind::user);
  EXPECT_EQ(caller->name, "alice");
  EXPECT_EQ(caller->proof, "");
  EXPECT_EQ(caller_of_key("certificate:00ff")->kind, ipc::Caller::Kind::certificate);
  for (const char* none : {"", "alice", "user:", "certificate:"}) EXPECT_FALSE(caller_of_key(none)) << none;
}

}  // namespace
}  // namespace muster::auth
