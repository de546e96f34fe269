// SPDX-License-Identifier: GPL-2.0-or-later
// Real attempts with libpam's own modules: how many run, who waits, who is refused, and that everybody is told once.
#include "agent/monitor/auth_queue.h"

#include <algorithm>
#include <map>

#include "tests/agent/auth/pam_fixture.h"

namespace muster::agent {
namespace {

using auth::testing::kPassword;

class AuthQueueTest : public auth::testing::PamTest {
 protected:
  AuthQueue queue(const std::string& pam_service) {
    return AuthQueue({pam_service, false}, [this](std::uint64_t id, AuthQueue::Outcome outcome) {
      static const char* const kWords[] = {"yes", "no", "unanswered"};
      verdicts_[id] = kWords[static_cast<int>(outcome)];
      ++told_;
    });
  }
  static auth::Attempt attempt(const std::string& user, const std::string& password,
                               const std::string& source = "192.0.2.7") {
    return {user, Secret(password), source};
  }
  // One source after the other, each with as many attempts; ids count from 1.
  static void add_from(AuthQueue& queue, std::uint64_t sources, std::uint64_t each) {
    for (std::uint64_t i = 0; i < sources * each; ++i) {
      queue.add(attempt("alice", kPassword, "198.51.100." + std::to_string(i / each)), i + 1);
    }
  }
  static std::size_t running(const AuthQueue& queue) {
    std::vector<pollfd> children;
    queue.append_descriptors(children);
    return children.size();
  }
  // As the monitor does, until as many have been told.
  void serve(AuthQueue& queue, int told) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (told_ < told && std::chrono::steady_clock::now() < until) {
      std::vector<pollfd> wait;
      queue.append_descriptors(wait);
      ::poll(wait.data(), wait.size(), wait.empty() ? 20 : 1000);
      queue.collect();
    }
  }
  void hanging_service(const std::string& name) {
    service(name, "auth required pam_exec.so /bin/sleep 1000\naccount required pam_permit.so\n");
  }
  std::map<std::uint64_t, std::string> verdicts_;
  int told_ = 0;
};

TEST_F(AuthQueueTest, EachAttemptIsToldItsOwnVerdict) {
  service("queue-unix", auth::testing::kUnix);
  AuthQueue logins = queue("queue-unix");
  EXPECT_EQ(logins.wait_milliseconds(), -1);
  for (std::uint64_t id = 1; id <= 8; ++id) {
    logins.add(attempt("alice", id % 3 == 0 ? "wrong" : kPassword), id);
  }
  serve(logins, 8);
  ASSERT_EQ(told_, 8);
  for (const auto& [id, verdict] : verdicts_) EXPECT_EQ(verdict, id % 3 == 0 ? "no" : "yes") << id;
  EXPECT_EQ(logins.wait_milliseconds(), -1);
}

TEST_F(AuthQueueTest, RunsAFewLetsSomeWaitAndTurnsTheRestAwayAtOnce) {
  hanging_service("queue-hang");
  AuthQueue logins = queue("queue-hang");
  const std::uint64_t room = AuthQueue::kRunning + AuthQueue::kWaiting;
  add_from(logins, room, 1);
  EXPECT_EQ(told_, 0);
  EXPECT_EQ(running(logins), AuthQueue::kRunning);
  logins.add(attempt("alice", kPassword), room + 1);
  EXPECT_EQ(verdicts_, (std::map<std::uint64_t, std::string>{{room + 1, "unanswered"}}));
  const int wait = logins.wait_milliseconds();
  EXPECT_GT(wait, 0);
  EXPECT_LE(wait, std::chrono::milliseconds(auth::kDeadline).count());
  logins.clear();
}

TEST_F(AuthQueueTest, AFloodFromOneSourceLeavesPlacesAndChildrenToOthers) {
  hanging_service("queue-flood");
  AuthQueue logins = queue("queue-flood");
  add_from(logins, 1, 1000);
  EXPECT_EQ(told_, 1000 - static_cast<int>(AuthQueue::kShare));
  EXPECT_EQ(running(logins), AuthQueue::kRunningShare);
  logins.add(attempt("alice", kPassword, "192.0.2.1"), 2000);
  EXPECT_EQ(running(logins), AuthQueue::kRunningShare + 1) << "it did not have to wait";
  EXPECT_FALSE(verdicts_.contains(2000));
  logins.clear();
}

TEST_F(AuthQueueTest, InAFullLineWhoeverHasMostGivesAPlaceToWhoeverHasFewer) {
  hanging_service("queue-full");
  AuthQueue logins = queue("queue-full");
  add_from(logins, 9, AuthQueue::kShare);  // four run, 64 wait, four were turned away
  const int told = told_;
  for (std::uint64_t id = 101; id <= 103; ++id) {
    logins.add(attempt("alice", kPassword, "203.0.113." + std::to_string(id)), id);
  }
  EXPECT_EQ(told_, told + 3) << "each newcomer took the place of somebody";
  for (const auto& [id, verdict] : verdicts_) {
    EXPECT_LT(id, 101U);
    EXPECT_EQ(verdict, "unanswered");
  }
  logins.clear();
}

// The source that came last has none running: it is next, although many of others came before.
TEST_F(AuthQueueTest, WhoeverHasFewestRunningIsNext) {
  service("queue-next", auth::testing::kUnix);
  AuthQueue logins = queue("queue-next");
  add_from(logins, 2, AuthQueue::kShare);
  logins.add(attempt("alice", kPassword, "203.0.113.1"), 100);
  std::vector<std::uint64_t> order;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (told_ < 17 && std::chrono::steady_clock::now() < until) {
    serve(logins, told_ + 1);
    for (const auto& [id, verdict] : verdicts_) {
      if (std::find(order.begin(), order.end(), id) == order.end()) order.push_back(id);
    }
  }
  ASSERT_EQ(told_, 17);
  const auto place = std::find(order.begin(), order.end(), 100) - order.begin();
  EXPECT_LT(place, 9) << "of 17";
}

TEST_F(AuthQueueTest, AChildThatSaysNothingIsNoRefusal) {
  service("queue-dies",
          "auth required pam_exec.so /bin/sh -c [kill -9 $PPID]\naccount required pam_permit.so\n");
  AuthQueue logins = queue("queue-dies");
  logins.add(attempt("alice", kPassword), 1);
  serve(logins, 1);
  EXPECT_EQ(verdicts_, (std::map<std::uint64_t, std::string>{{1, "unanswered"}}));
}

TEST_F(AuthQueueTest, ClearForgetsEverybodyAndTheQueueGoesOnWorking) {
  hanging_service("queue-clear");
  AuthQueue logins = queue("queue-clear");
  for (std::uint64_t id = 1; id <= AuthQueue::kShare; ++id) logins.add(attempt("alice", kPassword), id);
  logins.clear();
  std::vector<pollfd> running;
  logins.append_descriptors(running);
  EXPECT_TRUE(running.empty());
  service("queue-clear", auth::testing::kUnix);
  logins.add(attempt("alice", kPassword), 99);
  serve(logins, 1);
  EXPECT_EQ(verdicts_, (std::map<std::uint64_t, std::string>{{99, "yes"}}));
}

}  // namespace
}  // namespace muster::agent
