// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ssh/fork_server.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "orchestrator/ssh/frame.h"

namespace muster {
namespace {

constexpr int kPatienceMs = 20'000;

bool readable(int fd) {
  pollfd wait{fd, POLLIN, 0};
  return ::poll(&wait, 1, kPatienceMs) == 1;
}

std::string read_to_end(int fd) {
  std::string all;
  std::array<char, 256> block{};
  while (readable(fd)) {
    const ssize_t got = ::read(fd, block.data(), block.size());
    if (got <= 0) break;
    all.append(block.data(), static_cast<std::size_t>(got));
  }
  return all;
}

std::vector<WorkerExit> wait_for_exits(ForkServer& server, std::size_t count) {
  std::vector<WorkerExit> all;
  while (all.size() < count && readable(server.descriptor())) {
    for (const auto& ended : server.exits()) all.push_back(ended);
  }
  return all;
}

int wait_for_ever(int socket) {
  char byte = 0;
  while (::read(socket, &byte, 1) > 0) {
  }
  for (;;) ::pause();
}

int report_itself(int socket) {
  std::string open;
  for (int fd = 0; fd < 1024; ++fd) {
    if (fd != socket && ::fcntl(fd, F_GETFD) != -1) open += std::to_string(fd) + " ";
  }
  rlimit core{};
  ::getrlimit(RLIMIT_CORE, &core);
  int death_signal = 0;
  ::prctl(PR_GET_PDEATHSIG, &death_signal);
  const std::string text = open + "| core " + std::to_string(core.rlim_cur) + " | dumpable " +
                           std::to_string(::prctl(PR_GET_DUMPABLE)) + " | dies by " +
                           std::to_string(death_signal);
  return ::write(socket, text.data(), text.size()) > 0 ? 7 : 1;
}

int tell_process_id(int socket) {
  const pid_t self = ::getpid();
  if (::write(socket, &self, sizeof self) != static_cast<ssize_t>(sizeof self)) return 1;
  return wait_for_ever(socket);
}

TEST(ForkServer, WorkerHasNothingOpenButItsSocketAndStandardStreams) {
  std::array<int, 2> stray{};
  ASSERT_EQ(::pipe(stray.data()), 0);  // not close-on-exec: a worker would inherit it
  auto server = ForkServer::start(&report_itself);
  ASSERT_TRUE(server);
  auto worker = (*server)->spawn();
  ASSERT_TRUE(worker);
  EXPECT_EQ(read_to_end(worker->socket.get()), "0 1 2 | core 0 | dumpable 0 | dies by 9");
  const auto ended = wait_for_exits(**server, 1);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].id, worker->id);
  EXPECT_EQ(ended[0].signal, 0);
  EXPECT_EQ(ended[0].status, 7);
  ::close(stray[0]);
  ::close(stray[1]);
}

TEST(ForkServer, KilledWorkerIsReportedWithItsSignalAndTheOthersLive) {
  auto server = ForkServer::start(&wait_for_ever);
  ASSERT_TRUE(server);
  auto first = (*server)->spawn();
  auto second = (*server)->spawn();
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  kill_worker(*first);
  const auto ended = wait_for_exits(**server, 1);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].id, first->id);
  EXPECT_EQ(ended[0].signal, SIGKILL);
  pollfd alive{second->process.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&alive, 1, 0), 0);
}

TEST(ForkServer, ManyWorkersEachReachedOverItsOwnSocket) {
  auto server = ForkServer::start(&tell_process_id);
  ASSERT_TRUE(server);
  std::vector<Worker> workers;
  for (int i = 0; i < 40; ++i) {
    auto worker = (*server)->spawn();
    ASSERT_TRUE(worker) << worker.error().what;
    workers.push_back(std::move(*worker));
  }
  std::vector<pid_t> seen;
  for (const auto& worker : workers) {
    pid_t process = 0;
    ASSERT_TRUE(readable(worker.socket.get()));
    ASSERT_EQ(::read(worker.socket.get(), &process, sizeof process), static_cast<ssize_t>(sizeof process));
    EXPECT_EQ(std::count(seen.begin(), seen.end(), process), 0);
    seen.push_back(process);
  }
  for (const auto& worker : workers) kill_worker(worker);
  EXPECT_EQ(wait_for_exits(**server, workers.size()).size(), workers.size());
}

TEST(ForkServer, WorkersDieWhenTheManagementServerIsKilled) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const Fd here(ends[0]);
  const pid_t manager = ::fork();
  if (manager == 0) {
    auto server = ForkServer::start(&wait_for_ever);
    auto worker = (*server)->spawn();
    static_cast<void>(send_frame(ends[1], 1, "", worker->process.get()).has_value());
    for (;;) ::pause();
  }
  ::close(ends[1]);
  ASSERT_TRUE(readable(here.get()));
  FrameReader reader;
  auto received = receive_frames(here.get(), reader);
  ASSERT_TRUE(received && received->passed);
  pollfd alive{received->passed.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&alive, 1, 0), 0);
  ::kill(manager, SIGKILL);
  ::waitpid(manager, nullptr, 0);
  EXPECT_TRUE(readable(received->passed.get()));
}

int tell_server_id(int socket) {
  const pid_t server = ::getppid();
  if (::write(socket, &server, sizeof server) != static_cast<ssize_t>(sizeof server)) return 1;
  return wait_for_ever(socket);
}

TEST(ForkServer, DeadServerIsReportedAndGivesNoMoreWorkers) {
  auto server = ForkServer::start(&tell_server_id);
  ASSERT_TRUE(server);
  auto worker = (*server)->spawn();
  ASSERT_TRUE(worker);
  EXPECT_TRUE((*server)->exits().empty());
  EXPECT_FALSE((*server)->gone());
  pid_t process = 0;
  ASSERT_TRUE(readable(worker->socket.get()));
  ASSERT_EQ(::read(worker->socket.get(), &process, sizeof process), static_cast<ssize_t>(sizeof process));
  ::kill(process, SIGKILL);
  ASSERT_TRUE(readable((*server)->descriptor()));
  EXPECT_TRUE((*server)->exits().empty());
  EXPECT_TRUE((*server)->gone());
  EXPECT_FALSE((*server)->spawn());
}

TEST(ForkServer, EndThatSpawnHeardOfIsNotLost) {
  auto server = ForkServer::start(&wait_for_ever);
  ASSERT_TRUE(server);
  auto first = (*server)->spawn();
  ASSERT_TRUE(first);
  kill_worker(*first);
  ASSERT_TRUE(readable((*server)->descriptor()));  // the note lies there before the next order
  auto second = (*server)->spawn();
  ASSERT_TRUE(second);
  EXPECT_NE(second->id, first->id);
  pollfd alive{second->process.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&alive, 1, 0), 0);
  const auto ended = (*server)->exits();
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].id, first->id);
}

TEST(ForkServer, EndingItEndsItsWorkers) {
  auto server = ForkServer::start(&wait_for_ever);
  ASSERT_TRUE(server);
  auto worker = (*server)->spawn();
  ASSERT_TRUE(worker);
  server->reset();
  EXPECT_TRUE(readable(worker->process.get()));  // a pidfd is readable once its process has ended
}

}  // namespace
}  // namespace muster
