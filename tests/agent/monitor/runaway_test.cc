// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/runaway.h"

#include <csignal>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace muster::agent {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RunawayTest : public ::testing::Test {
 protected:
  // Five seconds later, with so much of a core used and so much work done in them.
  bool next(double share, std::uint64_t work = 0) {
    now_ += seconds(5);
    cpu_ += milliseconds(static_cast<int>(5000 * share));
    work_ += work;
    figures_ = runaway_.add(now_, cpu_, work_);
    return figures_.has_value();
  }
  Runaway runaway_{seconds(30)};
  Runaway::Time now_{};
  std::chrono::nanoseconds cpu_{0};
  std::uint64_t work_ = 0;
  std::optional<Runaway::Figures> figures_;
};

TEST_F(RunawayTest, IsWhoeverBurnsACoreForThePatienceAndDoesNothing) {
  EXPECT_FALSE(next(0.1));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(next(1.0)) << i;
  EXPECT_TRUE(next(1.0));
  EXPECT_EQ(words_of(*figures_), "30.0 s of CPU in 30.0 s");
}

TEST_F(RunawayTest, IsNobodyWhoWorks) {
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(next(1.0, 1));
}

TEST_F(RunawayTest, IsNobodyWhoRestsInBetween) {
  for (int i = 0; i < 20; ++i) {
    for (int burning = 0; burning < 5; ++burning) EXPECT_FALSE(next(1.0));
    EXPECT_FALSE(next(0.5));
  }
}

TEST_F(RunawayTest, IsJudgedAnewWhenAnotherProcessTakesItsPlace) {
  EXPECT_FALSE(next(0.1));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(next(1.0));
  runaway_.forget();
  EXPECT_FALSE(next(1.0));
}

TEST(CpuTime, OfAProcessGrowsWhileItBurnsAndIsGoneWithIt) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) static_cast<void>(::getppid());
  }
  const auto until = std::chrono::steady_clock::now() + seconds(30);
  auto used = cpu_time_of(child);
  while (used && *used < milliseconds(50) && std::chrono::steady_clock::now() < until) {
    used = cpu_time_of(child);
  }
  EXPECT_GE(used.value(), milliseconds(50));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(cpu_time_of(child).has_value());
}

}  // namespace
}  // namespace muster::agent
