// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/executor/command.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace muster::executor {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kNotFound = 127;
constexpr int kNotStarted = 126;
constexpr int kLastReads = 8;  // of 16 KiB each: twice what a pipe holds

struct Pipe {
  Fd read;
  Fd write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(errno_error("pipe"));
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

Result<Fd> child_signals() {
  sigset_t wanted;
  ::sigemptyset(&wanted);
  ::sigaddset(&wanted, SIGCHLD);
  errno = ::pthread_sigmask(SIG_BLOCK, &wanted, nullptr);  // which returns what it means
  if (errno != 0) return fail(errno_error("pthread_sigmask"));
  Fd fd(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) return fail(errno_error("signalfd"));
  return fd;
}

// In the new process. It keeps the executor's process group, by which the monitor ends it.
[[noreturn]] void become_program(const std::vector<std::string>& words, int out, int err) noexcept {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int null = ::open("/dev/null", O_RDONLY);
  if (::dup2(null, STDIN_FILENO) < 0 || ::dup2(out, STDOUT_FILENO) < 0 || ::dup2(err, STDERR_FILENO) < 0) {
    ::_exit(kNotStarted);
  }
  ::close_range(3, ~0U, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  ::execvp(argv.front(), argv.data());
  const int why = errno;
  const std::string text = words.front() + ": " + std::strerror(why) + "\n";  // NOLINT(concurrency-mt-unsafe)
  static_cast<void>(::write(STDERR_FILENO, text.data(), text.size()) >= 0);
  ::_exit(why == ENOENT ? kNotFound : kNotStarted);
}

class Run {
 public:
  Run(Pipe out, Pipe err, Fd signals)
      : out_(std::move(out)), err_(std::move(err)), signals_(std::move(signals)) {}

  Result<void> start(const std::vector<std::string>& words) {
    pid_ = ::fork();
    if (pid_ < 0) return fail(errno_error("fork"));
    if (pid_ == 0) become_program(words, out_.write.get(), err_.write.get());
    out_.write.reset();
    err_.write.reset();
    return {};
  }

  Result<Ending> follow(Clock::time_point deadline, int waiting) {
    while (!ended()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
      if (left.count() <= 0) break;
      std::array<pollfd, 4> wait{{{signals_.get(), POLLIN, 0},
                                  {out_.read.get(), POLLIN, 0},
                                  {err_.read.get(), POLLIN, 0},
                                  {waiting, POLLIN, 0}}};
      const auto timeout = std::min<std::int64_t>(left.count(), 60'000);
      if (::poll(wait.data(), wait.size(), static_cast<int>(timeout)) < 0 && errno != EINTR) {
        return fail(errno_error("poll"));
      }
      if (wait[3].revents != 0) return fail(Errc::unreachable, "nobody waits for the answer any more");
      forget_signals();
      take(out_.read, ending_.out);
      take(err_.read, ending_.err);
    }
    for (int i = 0; i < kLastReads; ++i) {  // what was written before the end; others may write on and on
      take(out_.read, ending_.out);
      take(err_.read, ending_.err);
    }
    return std::move(ending_);
  }

 private:
  bool ended() {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
    ending_.code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return true;
  }

  void forget_signals() const {
    signalfd_siginfo arrived{};
    while (::read(signals_.get(), &arrived, sizeof arrived) > 0) {
    }
  }

  // Some of what is there. A closed output is not asked again: it would be ready for ever.
  void take(Fd& from, std::string& into) {
    if (!from) return;
    std::array<char, 16384> buffer;
    const ssize_t got = ::read(from.get(), buffer.data(), buffer.size());
    if (got == 0) from.reset();
    if (got <= 0) return;
    const std::size_t room = kMaxOutput - ending_.out.size() - ending_.err.size();
    const auto all = static_cast<std::size_t>(got);
    into.append(buffer.data(), std::min(room, all));
    ending_.cut = ending_.cut || all > room;
  }

  Pipe out_;
  Pipe err_;
  Fd signals_;
  pid_t pid_ = -1;
  Ending ending_;
};

}  // namespace

Result<Ending> run_command(const std::vector<std::string>& words, Clock::time_point deadline, int waiting) {
  auto out = make_pipe();
  auto err = make_pipe();
  auto signals = child_signals();
  if (!out || !err) return fail(!out ? out.error() : err.error());
  if (!signals) return fail(signals.error());
  Run run(std::move(*out), std::move(*err), std::move(*signals));
  if (auto started = run.start(words); !started) return fail(started.error());
  return run.follow(deadline, waiting);
}

}  // namespace muster::executor
