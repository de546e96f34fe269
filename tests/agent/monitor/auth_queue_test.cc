// SPDX-License-Identifier: GPL-2.0-or-later
// Real attempts with libpam's own modules: how many run, who waits, who is refused, and that everybody is told once.
#include "agent/monitor/auth_queue.h"

#include <map>

#include "tests/agent/auth/pam_fixture.h"

namespace muster::agent {
namespace {

using auth::testing::kPassword;

class AuthQueueTest : public auth::testing::PamTest {
 protected:
  AuthQueue queue(const std::string& pam_service) {
    return AuthQueue({pam_service, false}, [this](std::uint64_t id, bool accepted, const std::string& user) {
      verdicts_[id] = user + (accepted ? " yes" : " no");
      ++told_;
    });
  }
  static auth::Attempt attempt(const std::string& user, const std::string& password) {
    return {user, Secret(password), "192.0.2.7"};
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
  for (std::uint64_t id = 1; id <= 12; ++id)
    logins.add(attempt("alice", id % 3 == 0 ? "wrong" : kPassword), id);
  serve(logins, 12);
  ASSERT_EQ(told_, 12);
  for (const auto& [id, verdict] : verdicts_)
    EXPECT_EQ(verdict, id % 3 == 0 ? "alice no" : "alice yes") << id;
  EXPECT_EQ(logins.wait_milliseconds(), -1);
}

TEST_F(AuthQueueTest, RunsAFewLetsSomeWaitAndRefusesTheRestAtOnce) {
  hanging_service("queue-hang");
  AuthQueue logins = queue("queue-hang");
  const std::uint64_t room = AuthQueue::kRunning + AuthQueue::kWaiting;
  for (std::uint64_t id = 1; id <= room; ++id) logins.add(attempt("alice", kPassword), id);
  EXPECT_EQ(told_, 0);
  std::vector<pollfd> running;
  logins.append_descriptors(running);
  EXPECT_EQ(running.size(), AuthQueue::kRunning);
  logins.add(attempt("alice", kPassword), room + 1);
  EXPECT_EQ(verdicts_, (std::map<std::uint64_t, std::string>{{room + 1, "alice no"}}));
  const int wait = logins.wait_milliseconds();
  EXPECT_GT(wait, 0);
  EXPECT_LE(wait, std::chrono::milliseconds(auth::kDeadline).count());
  logins.clear();
}

TEST_F(AuthQueueTest, ClearForgetsEverybodyAndTheQueueGoesOnWorking) {
  hanging_service("queue-clear");
  AuthQueue logins = queue("queue-clear");
  for (std::uint64_t id = 1; id <= 10; ++id) logins.add(attempt("alice", kPassword), id);
  logins.clear();
  std::vector<pollfd> running;
  logins.append_descriptors(running);
  EXPECT_TRUE(running.empty());
  service("queue-clear", auth::testing::kUnix);
  logins.add(attempt("alice", kPassword), 99);
  serve(logins, 1);
  EXPECT_EQ(verdicts_, (std::map<std::uint64_t, std::string>{{99, "alice yes"}}));
}

}  // namespace
}  // namespace muster::agent
