// SPDX-License-Identifier: GPL-2.0-or-later
// Real programs, run to their end and beyond their time.
#include "agent/executor/command.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace muster::executor {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

Result<Ending> shell(const std::string& text, Clock::duration time = 20s) {
  return run_command({"/bin/sh", "-c", text}, Clock::now() + time, -1);
}

TEST(Command, ComesBackWithCodeAndBothOutputs) {
  const auto ending = shell("echo out; echo err >&2; exit 3");
  ASSERT_TRUE(ending.has_value());
  EXPECT_EQ(ending->code, 3);
  EXPECT_EQ(ending->out, "out\n");
  EXPECT_EQ(ending->err, "err\n");
  EXPECT_FALSE(ending->cut);
}

TEST(Command, ThatASignalEndedHasTheShellsCode) {
  EXPECT_EQ(shell("kill -TERM $$")->code, 128 + 15);
}

TEST(Command, ThatCannotBeStartedSaysWhy) {
  const auto none = run_command({"/nonexistent/program"}, Clock::now() + 20s, -1);
  ASSERT_TRUE(none.has_value());
  EXPECT_EQ(none->code, 127);
  EXPECT_EQ(none->err, "/nonexistent/program: No such file or directory\n");
  EXPECT_EQ(run_command({"/etc/passwd"}, Clock::now() + 20s, -1)->code, 126);
}

TEST(Command, ReadsNothingAndInheritsNoDescriptorAndNoBlockedSignal) {
  const auto ending = shell("cat; ls /proc/self/fd | wc -l; grep -E 'Sig(Blk|Ign)' /proc/self/status");
  ASSERT_TRUE(ending.has_value());
  EXPECT_EQ(ending->out.substr(0, 2), "4\n") << ending->out;  // 0, 1, 2 and the folder that ls reads
  EXPECT_NE(ending->out.find("SigBlk:\t0000000000000000"), std::string::npos) << ending->out;
}

TEST(Command, ThatWritesWithoutEndIsReadAndCut) {
  const auto ending = shell("head -c 3000000 /dev/zero | tr '\\0' x; echo end >&2; exit 4");
  ASSERT_TRUE(ending.has_value());
  EXPECT_EQ(ending->code, 4);
  EXPECT_TRUE(ending->cut);
  EXPECT_LE(ending->out.size() + ending->err.size(), kMaxOutput);
  EXPECT_GT(ending->out.size(), kMaxOutput - 10);
}

TEST(Command, WhoseTimeIsOverKeepsWhatItHasWritten) {
  const auto began = Clock::now();
  const auto ending = shell("echo before; exec sleep 600", 300ms);
  ASSERT_TRUE(ending.has_value());
  EXPECT_FALSE(ending->code.has_value());
  EXPECT_EQ(ending->out, "before\n");
  EXPECT_LT(Clock::now() - began, 10s);
}

TEST(Command, IsOverWhenItsProgramIsWhoeverHoldsTheOutput) {
  const auto began = Clock::now();
  const auto ending = shell("sleep 600 & echo $!");
  ASSERT_TRUE(ending.has_value());
  EXPECT_EQ(ending->code, 0);
  EXPECT_LT(Clock::now() - began, 10s);
  ::kill(std::stoi(ending->out), SIGKILL);
}

TEST(Command, NobodyWaitsForIsGivenUp) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
  const Fd ours(ends[0]);
  ::close(ends[1]);
  const auto ending = run_command({"/bin/sleep", "600"}, Clock::now() + 60s, ours.get());
  ASSERT_FALSE(ending.has_value());
  EXPECT_EQ(ending.error().code, Errc::unreachable);
}

}  // namespace
}  // namespace muster::executor
