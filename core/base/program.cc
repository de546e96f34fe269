// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/program.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace muster {
namespace {

using std::chrono::steady_clock;

struct Pipe {
  Fd ours;
  Fd theirs;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(errno_error("pipe"));
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

std::vector<char*> pointers_to(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): exec(3) takes them so and writes none
  for (const auto& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// A child in a process group of its own; that is ended, and the child waited for, at the latest here.
class Child {
 public:
  Child() = default;
  ~Child() {
    if (process_ > 0) static_cast<void>(end());
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child(Child&&) = delete;
  Child& operator=(Child&&) = delete;

  // 0, or the error of the system.
  int start(const ProgramOrder& order, int output, int errors) {
    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    if (order.input >= 0) {
      ::posix_spawn_file_actions_adddup2(&actions, order.input, STDIN_FILENO);
    } else {
      ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    }
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    ::posix_spawnattr_setflags(&attributes,
                               POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    sigset_t signals{};
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes, &signals);
    ::sigaddset(&signals, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes, &signals);
    auto words = pointers_to(order.words);
    std::vector<char*> environment;
    if (order.environment) environment = pointers_to(*order.environment);
    const int failed = ::posix_spawnp(&process_, words.front(), &actions, &attributes, words.data(),
                                      order.environment ? environment.data() : environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) process_ = -1;
    return failed;
  }

  // Readable once it is over.
  Fd descriptor() const { return Fd(static_cast<int>(::syscall(SYS_pidfd_open, process_, 0))); }

  // What it started ends with it.
  int end() {
    ::kill(-process_, SIGKILL);
    return wait();
  }

  int wait() {
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  pid_t process_ = -1;
};

// False at the end of what there is.
bool read_some(const Fd& from, std::string& into, std::size_t most) {
  MUSTER_NOT_CLEARED char block[16384];
  const ssize_t got = ::read(from.get(), block, sizeof block);
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  const std::size_t room = most - std::min(most, into.size());
  into.append(block, std::min(room, static_cast<std::size_t>(got)));
  return got > 0;
}

// Until it is over and nobody holds what it writes to.
Result<void> read_all_of(const ProgramOrder& order, Fd over, Fd& output, Fd& errors, ProgramEnd& into) {
  const auto until = steady_clock::now() + order.patience;
  while (over || output || errors) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - steady_clock::now()).count();
    std::array<pollfd, 3> waits{pollfd{output.get(), POLLIN, 0}, pollfd{errors.get(), POLLIN, 0},
                                pollfd{over.get(), POLLIN, 0}};
    const int ready = left <= 0 ? 0 : ::poll(waits.data(), waits.size(), static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(order.patience).count();
      return fail(Errc::timeout,
                  order.words.front() + ": not over after " + std::to_string(seconds) + " s; it was ended");
    }
    if (waits[0].revents != 0 && !read_some(output, into.output, order.most_output + 1)) output.reset();
    if (waits[1].revents != 0 && !read_some(errors, into.errors, order.most_errors)) errors.reset();
    if (waits[2].revents != 0) over.reset();
    if (into.output.size() > order.most_output) {
      return fail(Errc::malformed, order.words.front() + ": printed more than " +
                                       std::to_string(order.most_output) + " bytes; it was ended");
    }
  }
  return {};
}

}  // namespace

Result<ProgramEnd> run_program(const ProgramOrder& order) {
  auto output = make_pipe();
  auto errors = make_pipe();
  if (!output || !errors) return fail(output ? errors.error() : output.error());
  Child child;
  if (const int failed = child.start(order, output->theirs.get(), errors->theirs.get()); failed != 0) {
    errno = failed;
    return fail(errno_error(order.words.front()));
  }
  output->theirs.reset();
  errors->theirs.reset();
  ProgramEnd end;
  auto over = child.descriptor();
  if (!over) return fail(errno_error(order.words.front()));
  auto read = read_all_of(order, std::move(over), output->ours, errors->ours, end);
  if (!read) return fail(read.error());
  end.status = child.wait();
  return end;
}

}  // namespace muster
