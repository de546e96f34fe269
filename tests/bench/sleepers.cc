// SPDX-License-Identifier: GPL-2.0-or-later
// Makes processes that sleep, so that there is something to enumerate, says so in one line, and ends them when its
// standard input ends. Words after the number only show up in their command lines.
//
// Limits  kMost processes; each ends by itself after kLifetimeSeconds, and with this program whatever ends it.
#include <charconv>
#include <csignal>
#include <cstdio>
#include <string_view>
#include <vector>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr unsigned kMost = 20'000;
constexpr unsigned kLifetimeSeconds = 300;

[[noreturn]] void sleep_until_ended(pid_t maker) {
  ::alarm(kLifetimeSeconds);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != maker) ::_exit(1);  // it ended before it could be waited for
  for (;;) ::pause();
}

void end_all(const std::vector<pid_t>& sleepers) {
  for (const pid_t each : sleepers) ::kill(each, SIGKILL);
  for (const pid_t each : sleepers) ::waitpid(each, nullptr, 0);
}

}  // namespace

int main(int count, char** words) {
  unsigned wanted = 0;
  const std::string_view number = count > 1 ? words[1] : "";
  const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), wanted);
  if (error != std::errc() || stop != number.data() + number.size() || wanted > kMost) {
    std::fprintf(stderr, "usage: sleepers NUMBER [WORD...]   at most %u\n", kMost);
    return 2;
  }
  const pid_t self = ::getpid();
  std::vector<pid_t> sleepers;
  sleepers.reserve(wanted);
  while (sleepers.size() < wanted) {
    const pid_t child = ::fork();
    if (child == 0) sleep_until_ended(self);
    if (child < 0) {
      std::perror("sleepers: fork");
      end_all(sleepers);
      return 1;
    }
    sleepers.push_back(child);
  }
  std::puts("ready");
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  end_all(sleepers);
  return 0;
}
