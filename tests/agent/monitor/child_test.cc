// SPDX-License-Identifier: GPL-2.0-or-later
// Real processes: what they end as, when the next may start, and that nothing waits for one that cannot end.
#include "agent/monitor/child.h"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/sandbox/confine.h"
#include "tests/agent/in_child.h"

namespace muster::agent {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

// Starts `body`, waits for its end and tells the child.
int run_to_its_end(Child& child, const std::function<Result<void>()>& body) {
  if (auto started = child.start(body); !started) return -1;
  int status = 0;
  ::waitpid(child.pid(), &status, 0);
  child.ended(status);
  return status;
}

Result<void> succeed() {
  return {};
}

milliseconds pause_of(const Child& child) {
  return std::chrono::ceil<milliseconds>(child.may_start_at() - std::chrono::steady_clock::now());
}

TEST(Child, ExitsWithTheResultOfItsBody) {
  Child child("child");
  EXPECT_EQ(testing::exit_status(run_to_its_end(child, succeed)), 0);
  EXPECT_EQ(testing::exit_status(run_to_its_end(child, [] { return fail(Errc::internal, "no"); })), 1);
  EXPECT_FALSE(child.running());
}

TEST(Child, EachEarlyDeathMakesTheNextStartWaitLongerUpToALimit) {
  Child child("child");
  milliseconds before{0};
  for (int death = 0; death < 4; ++death) {
    run_to_its_end(child, succeed);
    const auto pause = pause_of(child);
    EXPECT_GT(pause, before) << death;
    before = pause;
  }
  for (int death = 0; death < 12; ++death) child.failed_to_start();
  const auto longest = pause_of(child);
  child.failed_to_start();
  EXPECT_NEAR(static_cast<double>(pause_of(child).count()), static_cast<double>(longest.count()), 1000.0);
}

TEST(Child, AbandonDoesNotWaitAndReapingFindsItLater) {
  Child child("child");
  ASSERT_TRUE(child.start([]() -> Result<void> {
    for (;;) ::pause();
  }));
  const pid_t pid = child.pid();
  child.abandon();
  EXPECT_FALSE(child.running());
  siginfo_t gone{};
  static_cast<void>(
      ::waitid(P_PID, static_cast<id_t>(pid), &gone, WEXITED | WNOWAIT));  // ended, or reaped already
  EXPECT_EQ(child.reap_abandoned(), 0u);
  EXPECT_NE(::kill(pid, 0), 0);
}

TEST(Child, SaysHowItEnded) {
  const testing::Ended told = testing::in_child([] {
    Child child("front");
    run_to_its_end(child, [] { return fail(Errc::internal, "no"); });
    run_to_its_end(child, []() -> Result<void> {
      ::raise(SIGKILL);
      return {};
    });
    return 0;
  });
  EXPECT_THAT(told.err, HasSubstr("monitor: front exited with status 1; next start in "));
  EXPECT_THAT(told.err, HasSubstr("monitor: front killed by signal 9; next start in "));
}

TEST(Child, NamesTheSystemCallThatEndedIt) {
  const testing::Ended told = testing::in_child([] {
    Child child("front");
    const int status = run_to_its_end(child, []() -> Result<void> {
      const auto confined = sandbox::confine(sandbox::Process::front);
      if (!confined || *confined == sandbox::Confinement::off) return {};
      ::execl("/bin/true", "true", nullptr);
      return {};
    });
    return WIFSIGNALED(status) ? 0 : 77;
  });
  if (told.status == 77) GTEST_SKIP() << "a sanitizer is on";
  EXPECT_THAT(told.err, HasSubstr("front made the system call execve ("));
}

}  // namespace
}  // namespace muster::agent
