// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ssh/fork_server.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <map>

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "orchestrator/ssh/process.h"
#include "orchestrator/ssh/warm.h"

namespace muster {
namespace {

constexpr std::chrono::seconds kSpawnWait{10};

struct Note {
  enum class Kind : std::uint32_t { spawn, spawned, refused, ended } kind = Kind::spawn;
  int status = 0;  // of wait(2) when ended, errno when refused
  std::uint64_t id = 0;
};

bool send_note(int socket, const Note& note, int passed) {
  Note copy = note;
  iovec part{&copy, sizeof copy};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
  if (passed >= 0) {
    message.msg_control = room.data();
    message.msg_controllen = room.size();
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(head), &passed, sizeof passed);
  }
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(sizeof copy);
}

enum class Heard { note, nothing, end };

// `nothing` only with MSG_DONTWAIT.
Heard receive_note(int socket, Note& note, Fd& passed, int flags) {
  iovec part{&note, sizeof note};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
  message.msg_control = room.data();
  message.msg_controllen = room.size();
  ssize_t got = -1;
  do {
    got = ::recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Heard::nothing;
  if (got != static_cast<ssize_t>(sizeof note)) return Heard::end;
  const cmsghdr* head = CMSG_FIRSTHDR(&message);
  if (head != nullptr && head->cmsg_type == SCM_RIGHTS) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(head), sizeof fd);
    passed.reset(fd);
  }
  return Heard::note;
}

// Waits for input until `until`, whatever signals arrive.
bool wait_for_input(int fd, std::chrono::steady_clock::time_point until) {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd wait{fd, POLLIN, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(left));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

void watch_children(sigset_t& set) {
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

// The server's own process: nothing here may throw, allocate secrets or return to the caller's stack.
class Server {
 public:
  Server(int control, WorkerMain worker) : control_(control), worker_(worker) {}

  [[noreturn]] void serve() {
    sigset_t set;
    watch_children(set);
    signals_ = Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    warm_up_ssh();
    for (;;) {
      std::array<pollfd, 2> waits{pollfd{control_, POLLIN, 0}, pollfd{signals_.get(), POLLIN, 0}};
      if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) ::_exit(1);
      if (waits[1].revents != 0) reap();
      if (waits[0].revents != 0) take_order();
    }
  }

 private:
  void take_order() {
    Note note;
    Fd socket;
    if (receive_note(control_, note, socket, 0) != Heard::note) ::_exit(0);  // the management server is gone
    const pid_t self = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) become_worker(self, socket.get());
    if (child < 0) {
      send_note(control_, {Note::Kind::refused, errno, note.id}, -1);
      return;
    }
    children_[child] = note.id;
    const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
    if (!process) {
      ::kill(child, SIGKILL);
      send_note(control_, {Note::Kind::refused, errno, note.id}, -1);
      return;
    }
    send_note(control_, {Note::Kind::spawned, 0, note.id}, process.get());
  }

  [[noreturn]] void become_worker(pid_t server, int socket) const {
    harden_child(server, socket);
    sigset_t none;
    sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
    ::_exit(worker_(socket));
  }

  void reap() {
    signalfd_siginfo ignored{};
    while (::read(signals_.get(), &ignored, sizeof ignored) > 0) {
    }
    int status = 0;
    for (pid_t child = ::waitpid(-1, &status, WNOHANG); child > 0; child = ::waitpid(-1, &status, WNOHANG)) {
      const auto found = children_.find(child);
      if (found == children_.end()) continue;
      send_note(control_, {Note::Kind::ended, status, found->second}, -1);
      children_.erase(found);
    }
  }

  int control_;
  WorkerMain worker_;
  Fd signals_;
  std::map<pid_t, std::uint64_t> children_;
};

[[noreturn]] void run_server(pid_t parent, int control, WorkerMain worker) {
  harden_child(parent, control);
  const int null = ::open("/dev/null", O_RDWR);
  if (null >= 0) {
    ::dup2(null, STDIN_FILENO);
    ::dup2(null, STDOUT_FILENO);  // standard error stays: a crash should say something
    if (null > 2) ::close(null);
  }
  std::signal(SIGPIPE, SIG_IGN);
  Server(control, worker).serve();
}

WorkerExit read_end(const Note& note) {
  return {note.id, WIFSIGNALED(note.status) ? WTERMSIG(note.status) : 0,
          WIFEXITED(note.status) ? WEXITSTATUS(note.status) : 0};
}

Result<std::array<Fd, 2>> make_pair_of_sockets(int type) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0) return fail(errno_error("socketpair"));
  return std::array<Fd, 2>{Fd(ends[0]), Fd(ends[1])};
}

}  // namespace

Result<std::unique_ptr<ForkServer>> ForkServer::start(WorkerMain worker) {
  auto ends = make_pair_of_sockets(SOCK_SEQPACKET);
  if (!ends) return fail(ends.error());
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return fail(errno_error("fork server"));
  if (child == 0) run_server(parent, (*ends)[1].get(), worker);
  return std::unique_ptr<ForkServer>(new ForkServer(std::move((*ends)[0]), child));
}

ForkServer::~ForkServer() {
  control_.reset();  // its end of the socket is how the server learns it
  ::waitpid(process_, nullptr, 0);
}

Result<Worker> ForkServer::spawn() {
  auto ends = make_pair_of_sockets(SOCK_STREAM);
  if (!ends) return fail(ends.error());
  const std::uint64_t id = ++last_id_;
  if (!send_note(control_.get(), {Note::Kind::spawn, 0, id}, (*ends)[1].get())) {
    gone_ = gone_ || errno == EPIPE || errno == ECONNRESET;
    return fail(errno_error("fork server"));
  }
  const auto until = std::chrono::steady_clock::now() + kSpawnWait;
  for (;;) {
    if (!wait_for_input(control_.get(), until)) {
      return fail(Errc::internal, "fork server: no answer", "run the command again");
    }
    Note note;
    Fd process;
    if (receive_note(control_.get(), note, process, 0) != Heard::note) {
      gone_ = true;
      return fail(Errc::internal, "fork server: it died", "run the command again; out of memory? see dmesg");
    }
    if (note.kind == Note::Kind::ended) ended_.push_back(read_end(note));
    if (note.id != id) continue;  // also a late answer to an order that was given up
    if (note.kind == Note::Kind::refused) {
      errno = note.status;
      return fail(errno_error("fork server: new worker"));
    }
    if (note.kind != Note::Kind::spawned) continue;
    ::fcntl((*ends)[0].get(), F_SETFL, O_NONBLOCK);
    return Worker{id, std::move(process), std::move((*ends)[0])};
  }
}

std::vector<WorkerExit> ForkServer::exits() {
  Note note;
  Fd unused;
  auto heard = receive_note(control_.get(), note, unused, MSG_DONTWAIT);
  for (; heard == Heard::note; heard = receive_note(control_.get(), note, unused, MSG_DONTWAIT)) {
    if (note.kind == Note::Kind::ended) ended_.push_back(read_end(note));
  }
  gone_ = gone_ || heard == Heard::end;
  return std::exchange(ended_, {});
}

void kill_worker(const Worker& worker) {
  ::syscall(SYS_pidfd_send_signal, worker.process.get(), SIGKILL, nullptr, 0);
}

}  // namespace muster
