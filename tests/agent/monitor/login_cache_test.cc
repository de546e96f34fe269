// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/login_cache.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace muster::agent {
namespace {

using std::chrono::seconds;

auth::Attempt attempt(const std::string& user, const std::string& password,
                      const std::string& source = "192.0.2.7") {
  return {user, Secret(password), source};
}

class LoginCacheTest : public ::testing::Test {
 protected:
  tls::Mac mac(const std::string& user, const std::string& source = "192.0.2.7") const {
    return cache_.mac_of(policy_, attempt(user, "correct horse", source));
  }
  void remember(const std::string& user, const std::string& source = "192.0.2.7") {
    cache_.remember(mac(user, source), user, source, now_);
  }
  bool knows(const std::string& user, const std::string& source = "192.0.2.7") {
    return cache_.knows(mac(user, source), now_);
  }

  auth::Policy policy_{"muster", false};
  LoginCache cache_;
  LoginCache::Time now_{};
};

TEST_F(LoginCacheTest, KnowsALoginUntilItsTimeIsOverHoweverOftenItIsUsed) {
  EXPECT_FALSE(knows("alice"));
  remember("alice");
  now_ += LoginCache::kLife - seconds(1);
  EXPECT_TRUE(knows("alice"));
  now_ += seconds(1);
  EXPECT_FALSE(knows("alice"));
  EXPECT_EQ(cache_.size(), 0U);
}

TEST_F(LoginCacheTest, KnowsNothingThatDiffersInAnyPart) {
  remember("alice");
  for (const auto& other :
       {attempt("alice", "correct horsf"), attempt("alice", ""), attempt("alicf", "correct horse"),
        attempt("alice", "correct horse", "192.0.2.8"), attempt("alicec", "orrect horse")}) {
    EXPECT_FALSE(cache_.knows(cache_.mac_of(policy_, other), now_)) << other.user << other.source;
  }
  const auto same = attempt("alice", "correct horse");
  EXPECT_TRUE(cache_.knows(cache_.mac_of(policy_, same), now_));
  EXPECT_FALSE(cache_.knows(cache_.mac_of({"muster", true}, same), now_));
  EXPECT_FALSE(cache_.knows(cache_.mac_of({"login", false}, same), now_));
  EXPECT_FALSE(LoginCache().knows(cache_.mac_of(policy_, same), now_));
}

TEST_F(LoginCacheTest, ForgetsAUserEverywhereOrAtOneSource) {
  for (const char* user : {"alice", "bob"}) {
    for (const char* source : {"192.0.2.7", "192.0.2.8"}) remember(user, source);
  }
  cache_.forget("alice", "192.0.2.7");
  EXPECT_FALSE(knows("alice"));
  EXPECT_TRUE(knows("alice", "192.0.2.8"));
  cache_.forget("alice");
  EXPECT_FALSE(knows("alice", "192.0.2.8"));
  EXPECT_TRUE(knows("bob"));
}

TEST_F(LoginCacheTest, TheOldestMakesRoom) {
  for (std::size_t i = 0; i <= LoginCache::kMost; ++i) remember("user" + std::to_string(i));
  EXPECT_EQ(cache_.size(), LoginCache::kMost);
  EXPECT_FALSE(knows("user0"));
  EXPECT_TRUE(knows("user1"));
  remember("user1");  // not a second time
  EXPECT_EQ(cache_.size(), LoginCache::kMost);
}

// With the codes but without the key nobody can try passwords against them.
TEST_F(LoginCacheTest, AChildProcessDoesNotInheritTheKey) {
  remember("alice");
  const pid_t child = ::fork();
  if (child == 0) ::_exit(knows("alice") ? 1 : 0);
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(knows("alice"));
}

}  // namespace
}  // namespace muster::agent
