// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/child.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <sys/wait.h>
#include <unistd.h>

#include "agent/monitor/monitor.h"
#include "core/base/fd.h"
#include "core/base/log.h"

namespace muster::agent {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kStable = std::chrono::seconds(60);  // whoever lived this long starts again at once

void default_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGHUP, SIG_IGN);
  ::signal(SIGINT, SIG_IGN);  // Ctrl-C goes to the whole group; the monitor ends its children itself
  ::signal(SIGPIPE, SIG_IGN);
}

std::string ending(int status, int last_call) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS && last_call >= 0) {
    return "made the system call " + sandbox::call_text(last_call) + ", which it may not, and was ended";
  }
  if (WIFSIGNALED(status)) return "killed by signal " + std::to_string(WTERMSIG(status));
  return "exited with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

// Never returns, whatever the body does: the stack above belongs to the monitor, and unwinding it would run the
// monitor's destructors here.
void Child::run(const std::function<Result<void>()>& body) const noexcept {
  default_signals();
  last_call_.leave_here();
  const auto result = body();
  if (!result) log::error(name_, result.error());
  // Not _exit: a sanitizer's leak check and buffered output belong to an orderly end.
  std::exit(result ? 0 : 1);  // NOLINT(concurrency-mt-unsafe): the child has one thread left
}

Result<void> Child::start(const std::function<Result<void>()>& body) {
  started_ = Clock::now();
  auto last_call = sandbox::LastCall::shared();
  if (!last_call) return fail(last_call.error());
  last_call_ = std::move(*last_call);
  pid_ = ::fork();
  if (pid_ < 0) return fail(errno_error("fork"));
  if (pid_ > 0) return {};
  run(body);
}

void Child::signal(int number) const {
  if (running()) ::kill(pid_, number);
}

void Child::abandon() {
  if (!running()) return;
  ::kill(pid_, SIGKILL);
  abandoned_.push_back(pid_);
  pid_ = -1;
  reap_abandoned();
}

std::size_t Child::reap_abandoned() {
  std::erase_if(abandoned_, [](pid_t pid) {
    int status = 0;
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    return ended == pid || (ended < 0 && errno == ECHILD);
  });
  return abandoned_.size();
}

void Child::failed_to_start() {
  pid_ = -1;
  wait_longer();
}

void Child::wait_longer() {
  const auto now = Clock::now();
  pause_ = now - started_ >= kStable
               ? kShortestPause
               : std::clamp<std::chrono::milliseconds>(pause_ * 2, kShortestPause, kLongestPause);
  may_start_at_ = now + pause_;
}

void Child::ended(int status) {
  wait_longer();
  pid_ = -1;
  log::warning("monitor", name_ + " " + ending(status, last_call_.number()) + "; next start in " +
                              std::to_string(pause_.count()) + " ms");
}

}  // namespace muster::agent
