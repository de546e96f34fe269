// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/program.h"

#include <chrono>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace muster {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

ProgramOrder shell(const std::string& text) {
  ProgramOrder order;
  order.words = {"/bin/sh", "-c", text};
  return order;
}

TEST(Program, TellsWhatItPrintedAndHowItEnded) {
  const auto end = run_program(shell("echo out; echo err >&2; exit 7"));
  ASSERT_TRUE(end) << end.error().what;
  EXPECT_EQ(end->status, 7);
  EXPECT_EQ(end->output, "out\n");
  EXPECT_EQ(end->errors, "err\n");
  EXPECT_EQ(run_program(shell("kill -TERM $$"))->status, 143);
}

TEST(Program, GetsItsWordsWithoutAShell) {
  ProgramOrder order;
  order.words = {"printf", "%s|", "a b", "$HOME", "`id`"};
  EXPECT_EQ(run_program(order)->output, "a b|$HOME|`id`|");
}

TEST(Program, GetsTheEnvironmentAndInputOfTheOrder) {
  auto order = shell("env | grep -v '^PWD\\|^_=\\|^SHLVL' | sort; cat");
  order.environment = {"PATH=/usr/bin:/bin", "A=1"};
  EXPECT_EQ(run_program(order)->output, "A=1\nPATH=/usr/bin:/bin\n");
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const Fd out(ends[0]);
  Fd in(ends[1]);
  ASSERT_TRUE(write_all(in.get(), "pipe", "hello"));
  in.reset();
  order = shell("cat");
  order.input = out.get();
  EXPECT_EQ(run_program(order)->output, "hello");
}

TEST(Program, ThatIsNotThereIsNotFound) {
  ProgramOrder order;
  order.words = {"/no/such/program"};
  const auto end = run_program(order);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, Errc::not_found);
  EXPECT_THAT(end.error().what, HasSubstr("/no/such/program"));
}

TEST(Program, IsEndedAfterItsTimeWithWhatItStarted) {
  for (const char* text : {"sleep 60", "sleep 60 & wait", "exec >&- 2>&-; sleep 60"}) {
    auto order = shell(text);
    order.patience = 200ms;
    const auto began = std::chrono::steady_clock::now();
    const auto end = run_program(order);
    ASSERT_FALSE(end) << text;
    EXPECT_EQ(end.error().code, Errc::timeout) << text;
    EXPECT_LT(std::chrono::steady_clock::now() - began, 10s) << text;
  }
}

TEST(Program, ThatPrintsTooMuchIsEnded) {
  auto order = shell("cat /dev/zero");
  order.most_output = 100'000;
  const auto end = run_program(order);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, Errc::malformed);
}

TEST(Program, MaySayMoreThanIsKept) {
  auto order = shell("head -c 100000 /dev/zero | tr '\\0' x >&2");
  order.most_errors = 10;
  const auto end = run_program(order);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->errors, std::string(10, 'x'));
}

}  // namespace
}  // namespace muster
