// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/auth/pam_child.h"

#include <csignal>
#include <sstream>
#include <string>

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "core/base/log.h"

namespace muster::auth {
namespace {

constexpr char kYes = 'y';
constexpr char kNo = 'n';
constexpr std::size_t kMaxChildrenBytes = 4096;

Result<void> check(const Policy& policy, const Attempt& attempt) {
  const auto root_may = policy.allow_root ? RootLogin::allowed : RootLogin::refused;
  return check_with_pam(policy.pam_service, attempt, root_may);
}

// noexcept: unwinding would run the monitor's destructors in this process.
[[noreturn]] void run_child(const Policy& policy, const Attempt& attempt, int result) noexcept {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setsid();  // PAM modules may start helpers: they are killed with the group
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  const auto verdict = check(policy, attempt);
  if (!verdict) log::warning("auth", "login refused: " + verdict.error().what + " from " + attempt.source);
  const char answer = verdict ? kYes : kNo;
  const bool told = ::write(result, &answer, 1) == 1;
  ::_exit(told ? 0 : 1);
}

}  // namespace

Result<PamChild> PamChild::start(const Policy& policy, Attempt attempt, std::uint64_t id) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(errno_error("pipe"));
  const Fd write_end(ends[1]);
  PamChild child;
  child.result_ = Fd(ends[0]);
  child.id_ = id;
  child.user_ = attempt.user;
  child.started_ = std::chrono::steady_clock::now();
  child.pid_ = ::fork();
  if (child.pid_ < 0) return fail(errno_error("fork"));
  if (child.pid_ == 0) run_child(policy, attempt, write_end.get());
  return child;
}

namespace {

// pam_exec starts its helper in a session of its own, where the group's signal does not reach it. Nobody is reaped
// while the parent stands still, so that the numbers stay theirs.
void kill_with_children(pid_t pid) {
  ::kill(pid, SIGSTOP);
  const std::string task = "/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children";
  std::istringstream children(read_file(task, kMaxChildrenBytes).value_or(""));
  for (pid_t child = 0; children >> child;) {
    if (child <= 1) continue;
    ::kill(-child, SIGKILL);
    ::kill(child, SIGKILL);
  }
  ::kill(-pid, SIGKILL);
  ::kill(pid, SIGKILL);
}

}  // namespace

bool PamChild::finish() {
  char answer = kNo;
  ::fcntl(result_.get(), F_SETFL, O_NONBLOCK);
  const bool told = ::read(result_.get(), &answer, 1) == 1;
  // After its answer the child has nothing left to do; helpers that a module left behind go with it.
  kill_with_children(pid_);
  result_.reset();
  answered_ = told;
  return told && answer == kYes;
}

}  // namespace muster::auth
