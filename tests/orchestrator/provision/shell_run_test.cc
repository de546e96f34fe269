// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/orchestrator/provision/shell_run.h"

#include <array>
#include <cstdio>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace muster::test {
namespace {

Fd temporary_file() {
  std::array<char, 32> name{"/tmp/muster-test-XXXXXX"};
  Fd file(::mkstemp(name.data()));
  ::unlink(name.data());
  return file;
}

}  // namespace

ShellResult run_program(const std::vector<std::string>& words, std::string_view input) {
  const Fd in = temporary_file();
  const Fd out = temporary_file();
  EXPECT_TRUE(write_all(in.get(), "input", input));
  ::lseek(in.get(), 0, SEEK_SET);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(in.get(), STDIN_FILENO);
    ::dup2(out.get(), STDOUT_FILENO);
    ::dup2(out.get(), STDERR_FILENO);
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    ::_exit(126);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::lseek(out.get(), 0, SEEK_SET);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_all(out.get(), "output", 1 << 20).value_or("")};
}

TEST(ShellRun, PassesInputOutputAndStatus) {
  const auto result = run_program({"sh", "-c", "cat; exit 5"}, "hello");
  EXPECT_EQ(result.output, "hello");
  EXPECT_EQ(result.status, 5);
}

}  // namespace muster::test
