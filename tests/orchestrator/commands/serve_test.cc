// SPDX-License-Identifier: GPL-2.0-or-later
#include <array>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "tests/orchestrator/commands/run_command.h"
#include "tests/orchestrator/poll/local_agent.h"

namespace muster {
namespace {

using testing::run_command;
using testing::State;

constexpr int kPatienceMilliseconds = 60'000;

int serve(const std::string& folder) {
  CommandLine line(all_commands());
  return line.run({"--state", folder, "serve"},
                  []() -> Result<ForkServer*> { return fail(Errc::unsupported, "no workers in this test"); });
}

// What is on the terminal when `wanted` has come, or when nothing more does.
std::string read_until(int terminal, const std::string& wanted) {
  std::string text;
  std::array<char, 512> block{};
  pollfd wait{terminal, POLLIN, 0};
  while (text.find(wanted) == std::string::npos && ::poll(&wait, 1, kPatienceMilliseconds) > 0) {
    const auto got = ::read(terminal, block.data(), block.size());
    if (got <= 0) break;
    text.append(block.data(), static_cast<std::size_t>(got));
  }
  return text;
}

TEST(Serve, ends_cleanly_with_the_terminal_that_it_runs_on) {
  const State state;
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::signal(SIGALRM, SIG_DFL);
    ::alarm(kPatienceMilliseconds / 1000);  // when it does not end, the signal ends it
    ::_exit(serve(state.folder()));
  }
  EXPECT_NE(read_until(terminal, "polling every").find("polling every"), std::string::npos);
  ::close(terminal);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(Serve, what_another_start_would_not_mend_has_a_status_of_its_own) {
  const State state;
  std::filesystem::remove(state.folder() + "/muster.db");
  const auto outcome = run_command(state.folder(), {"serve"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, ::testing::HasSubstr("muster init"));
}

TEST(Serve, polls_no_more_often_than_the_configuration_allows) {
  const State state;
  EXPECT_EQ(run_command(state.folder(), {"serve", "--interval", "4"}).status, 2);
}

}  // namespace
}  // namespace muster
