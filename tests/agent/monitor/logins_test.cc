// SPDX-License-Identifier: GPL-2.0-or-later
// Logins against libpam's own modules; time and the accounts' files are the test's.
#include "agent/monitor/logins.h"

#include <map>

#include "tests/agent/auth/pam_fixture.h"

namespace muster::agent {
namespace {

using auth::testing::kPassword;
using std::chrono::milliseconds;
using std::chrono::seconds;

class LoginsTest : public auth::testing::PamTest {
 protected:
  void SetUp() override {
    PamTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_NO_FATAL_FAILURE(service("logins", auth::testing::kUnix));
  }
  // Asks, and waits for PAM's children; "held" when the refusal is not told yet.
  std::string ask(const std::string& user, const std::string& password,
                  const std::string& source = "192.0.2.7") {
    const std::uint64_t id = ++last_id_;
    logins_.add({user, Secret(password), source}, id);
    asked_pam_ = !verdicts_.contains(id);
    const auto until = std::chrono::steady_clock::now() + seconds(30);
    while (!verdicts_.contains(id) && std::chrono::steady_clock::now() < until) {
      std::vector<pollfd> children;
      logins_.append_descriptors(children);
      if (children.empty()) return "held";
      ::poll(children.data(), children.size(), 1000);
      logins_.collect();
    }
    return verdicts_[id];
  }
  void pass(seconds time) {
    now_ += time;
    logins_.collect();
  }

  Logins::Time now_{};
  AccountStamp accounts_{};
  std::map<std::uint64_t, std::string> verdicts_;
  std::uint64_t last_id_ = 0;
  bool asked_pam_ = false;
  Logins logins_{{"logins", false},
                 {.sources = 100},
                 [this](std::uint64_t id, bool accepted, const std::string& user) {
                   verdicts_[id] = user + (accepted ? " yes" : " no");
                 },
                 {[this] { return now_; }, [this] { return accounts_; }}};
};

TEST_F(LoginsTest, AGoodLoginAsksPamOnceAMinute) {
  EXPECT_EQ(ask("alice", kPassword), "alice yes");
  EXPECT_TRUE(asked_pam_);
  pass(seconds(59));
  EXPECT_EQ(ask("alice", kPassword), "alice yes");
  EXPECT_FALSE(asked_pam_);
  pass(seconds(1));
  EXPECT_EQ(ask("alice", kPassword), "alice yes");
  EXPECT_TRUE(asked_pam_);
}

TEST_F(LoginsTest, ARefusalIsToldAFixedTimeAfterTheQuestion) {
  for (const char* user : {"alice", "nosuchuser", "locked", "expired"}) {
    SCOPED_TRACE(user);
    EXPECT_EQ(ask(user, "wrong"), "held");
    EXPECT_EQ(logins_.wait_milliseconds(), milliseconds(Logins::kRefusedAfter).count());
    pass(seconds(1));
    EXPECT_FALSE(verdicts_.contains(last_id_));
    EXPECT_EQ(logins_.wait_milliseconds(), 1000);
    pass(seconds(1));
    EXPECT_EQ(verdicts_[last_id_], std::string(user) + " no");
    EXPECT_EQ(logins_.wait_milliseconds(), -1);
  }
}

TEST_F(LoginsTest, AFailureOfTheUserEndsItsLoginsEverywhere) {
  EXPECT_EQ(ask("alice", kPassword, "192.0.2.1"), "alice yes");
  EXPECT_EQ(ask("alice", "wrong", "192.0.2.2"), "held");
  EXPECT_EQ(ask("alice", kPassword, "192.0.2.1"), "alice yes");
  EXPECT_TRUE(asked_pam_);
}

TEST_F(LoginsTest, AChangeOfTheAccountsEndsEveryLogin) {
  EXPECT_EQ(ask("alice", kPassword), "alice yes");
  accounts_[0].changed_nanoseconds = 1;
  EXPECT_EQ(ask("alice", kPassword), "alice yes");
  EXPECT_TRUE(asked_pam_);
  EXPECT_EQ(ask("alice", kPassword), "alice yes");
  EXPECT_FALSE(asked_pam_);
}

TEST_F(LoginsTest, WhatPamAcceptedWhileTheAccountsChangedIsNotRemembered) {
  logins_.add({"alice", Secret(kPassword), "192.0.2.7"}, 100);
  accounts_[0].changed_nanoseconds = 1;
  while (!verdicts_.contains(100)) {
    std::vector<pollfd> children;
    logins_.append_descriptors(children);
    ::poll(children.data(), children.size(), 1000);
    logins_.collect();
  }
  EXPECT_EQ(verdicts_[100], "alice yes");
  EXPECT_EQ(ask("alice", kPassword), "alice yes");
  EXPECT_TRUE(asked_pam_);
}

TEST_F(LoginsTest, AnAccountThatNeverPassesItsAccountCheckIsNotRemembered) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(ask("expired", kPassword), "held");
    EXPECT_TRUE(asked_pam_);
  }
}

TEST_F(LoginsTest, OtherRulesAskPamAgain) {
  EXPECT_EQ(ask("alice", kPassword), "alice yes");
  logins_.follow({"logins", true}, {});
  EXPECT_EQ(ask("alice", kPassword), "alice yes");
  EXPECT_TRUE(asked_pam_);
  EXPECT_EQ(ask("root", kPassword), "root yes");
  logins_.follow({"logins", false}, {});
  EXPECT_EQ(ask("root", kPassword), "held");
}

TEST_F(LoginsTest, ASourceThatFailsThreeTimesIsRefusedWithoutPamAndOthersAreNot) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("alice", "wrong", "192.0.2.9"), "held");
  EXPECT_EQ(ask("alice", kPassword, "192.0.2.9"), "alice no");
  EXPECT_FALSE(asked_pam_);
  EXPECT_EQ(ask("alice", kPassword, "192.0.2.10"), "alice yes");
  pass(seconds(15));
  EXPECT_EQ(ask("alice", kPassword, "192.0.2.9"), "alice yes");
}

TEST_F(LoginsTest, ARememberedLoginCountsAlthoughItsSourceIsRefused) {
  EXPECT_EQ(ask("alice", kPassword), "alice yes");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("locked", "wrong"), "held");
  EXPECT_EQ(ask("alice", kPassword), "alice yes");
  EXPECT_FALSE(asked_pam_);
}

// Else the cache would say for nothing what PAM says at a price.
TEST_F(LoginsTest, ARefusedSourceHasOneGuessAtARememberedLogin) {
  EXPECT_EQ(ask("alice", kPassword), "alice yes");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("locked", "wrong"), "held");
  EXPECT_EQ(ask("alice", "guess"), "alice no");
  EXPECT_EQ(ask("alice", kPassword), "alice no");
}

TEST_F(LoginsTest, ClearForgetsLoginsAndThoseWhoWait) {
  EXPECT_EQ(ask("alice", kPassword), "alice yes");
  EXPECT_EQ(ask("alice", "wrong", "192.0.2.9"), "held");
  const std::uint64_t waiting = last_id_;
  logins_.clear();
  pass(seconds(5));
  EXPECT_FALSE(verdicts_.contains(waiting));
  EXPECT_EQ(ask("alice", kPassword), "alice yes");
  EXPECT_TRUE(asked_pam_);
}

}  // namespace
}  // namespace muster::agent
