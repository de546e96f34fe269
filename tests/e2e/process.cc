// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/e2e/process.h"

#include <cerrno>
#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace muster::e2e {
namespace {

using Clock = std::chrono::steady_clock;

int status_of(int raw) {
  return WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
}

[[noreturn]] void become(const Words& words, int in, int out, int err) {
  ::setpgid(0, 0);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  std::vector<char*> argv;
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

struct Pipe {
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    read = Fd(ends[0]);
    write = Fd(ends[1]);
  }
  Fd read;
  Fd write;
};

// False at the end of the stream.
bool take(int fd, std::string& into) {
  char block[65536];
  const ssize_t got = ::read(fd, block, sizeof block);
  if (got > 0) into.append(block, static_cast<std::size_t>(got));
  return got > 0 || (got < 0 && errno == EINTR);
}

// Writes what fits; true when all is written.
bool give(int fd, std::string_view& rest) {
  const ssize_t put = ::write(fd, rest.data(), rest.size());
  if (put > 0) rest.remove_prefix(static_cast<std::size_t>(put));
  return rest.empty() || (put < 0 && errno == EPIPE);
}

void exchange(Pipe& in, Pipe& out, Pipe& err, std::string_view input, Clock::time_point end, Ran& ran) {
  ::fcntl(in.write.get(), F_SETFL, O_NONBLOCK);
  if (input.empty()) in.write.reset();
  while ((out.read || err.read) && Clock::now() < end) {
    pollfd wait[3] = {{out.read.get(), POLLIN, 0}, {err.read.get(), POLLIN, 0}, {in.write.get(), POLLOUT, 0}};
    ::poll(wait, 3, 200);
    if (wait[0].revents != 0 && !take(out.read.get(), ran.out)) out.read.reset();
    if (wait[1].revents != 0 && !take(err.read.get(), ran.err)) err.read.reset();
    if (wait[2].revents != 0 && give(in.write.get(), input)) in.write.reset();
  }
}

int reap(pid_t pid, Clock::time_point end) {
  int raw = 0;
  for (;;) {
    if (::waitpid(pid, &raw, WNOHANG) == pid) return status_of(raw);
    if (Clock::now() >= end) return -1;
    pause_briefly();
  }
}

}  // namespace

void pause_briefly() {
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

Ran run(const Words& words, std::string_view input, std::chrono::seconds deadline) {
  ::signal(SIGPIPE, SIG_IGN);
  const auto end = Clock::now() + deadline;
  Pipe in;
  Pipe out;
  Pipe err;
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("fork");
  if (pid == 0) become(words, in.read.get(), out.write.get(), err.write.get());
  in.read.reset();
  out.write.reset();
  err.write.reset();
  Ran ran;
  exchange(in, out, err, input, end, ran);
  in.write.reset();
  ran.status = reap(pid, end);
  if (ran.status < 0) {
    ::kill(-pid, SIGKILL);
    ::kill(pid, SIGKILL);
    reap(pid, Clock::now() + std::chrono::seconds(5));
  }
  return ran;
}

Background::Background(const Words& words, const std::string& log) : log_(log) {
  const Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Fd file(::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!null || !file) throw std::runtime_error(log);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork");
  if (pid_ == 0) become(words, null.get(), file.get(), file.get());
}

Background::~Background() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);
  reap(pid_, Clock::now() + std::chrono::seconds(5));
}

void Background::signal(int number) const {
  ::kill(pid_, number);
}

int Background::wait(std::chrono::seconds deadline) {
  const int status = reap(pid_, Clock::now() + deadline);
  if (status >= 0) pid_ = -1;
  return status;
}

std::string Background::log() const {
  return read_text(log_);
}

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace muster::e2e
