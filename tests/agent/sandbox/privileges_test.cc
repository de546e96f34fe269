// SPDX-License-Identifier: GPL-2.0-or-later
// What /proc/self/status says of a process that gave up root. Needs root to begin with.
#include "agent/sandbox/privileges.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "tests/agent/in_child.h"

namespace muster::sandbox {
namespace {

using muster::testing::Ended;
using muster::testing::in_child;

std::map<std::string, std::string> own_status() {
  std::ifstream file("/proc/self/status");
  std::map<std::string, std::string> fields;
  for (std::string line; std::getline(file, line);) {
    const auto colon = line.find(":\t");
    if (colon != std::string::npos) fields[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return fields;
}

void say(const std::string& line) {
  const std::string whole = line + "\n";
  static_cast<void>(!::write(STDERR_FILENO, whole.data(), whole.size()));
}

class PrivilegesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    const auto nobody = account_of("nobody");
    ASSERT_TRUE(nobody.has_value());
    nobody_ = *nobody;
  }
  Account nobody_;
};

TEST_F(PrivilegesTest, EveryIdentityIsTheAccountsAndNoCapabilityIsLeft) {
  const gid_t groups[] = {0, 4, 27};
  const Ended ended = in_child([&] {
    if (::setgroups(3, groups) != 0) return 2;
    if (auto dropped = become(nobody_, {}); !dropped) return 3;
    auto fields = own_status();
    for (const char* name : {"Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapAmb", "NoNewPrivs"}) {
      say(std::string(name) + "=" + fields[name]);
    }
    return 0;
  });
  EXPECT_EQ(ended.status, 0);
  const auto four = [](unsigned id) {
    const auto one = std::to_string(id);
    return one + "\t" + one + "\t" + one + "\t" + one;
  };
  EXPECT_EQ(ended.err, "Uid=" + four(nobody_.uid) + "\nGid=" + four(nobody_.gid) +
                           "\nGroups= \nCapInh=0000000000000000\nCapPrm=0000000000000000\n"
                           "CapEff=0000000000000000\nCapAmb=0000000000000000\nNoNewPrivs=1\n");
}

TEST_F(PrivilegesTest, RootCannotBeHadBack) {
  const Ended ended = in_child([&] {
    if (!become(nobody_, {})) return 2;
    if (::setuid(0) == 0 || ::seteuid(0) == 0 || ::setgid(0) == 0 || ::setgroups(0, nullptr) == 0) return 3;
    return ::open("/etc/shadow", O_RDONLY) >= 0 ? 4 : 0;
  });
  EXPECT_EQ(ended.status, 0);
}

TEST_F(PrivilegesTest, TheEnvironmentIsEmptyButForAFixedPath) {
  const Ended ended = in_child([&] {
    ::setenv("LD_PRELOAD", "/tmp/evil.so", 1);  // NOLINT(concurrency-mt-unsafe): one thread, after fork
    ::setenv("PATH", "/tmp", 1);                // NOLINT(concurrency-mt-unsafe)
    if (!become(nobody_, {})) return 2;
    for (char** entry = environ; *entry != nullptr; ++entry) say(*entry);
    return 0;
  });
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.err, "PATH=/usr/sbin:/usr/bin:/sbin:/bin\n");
}

TEST_F(PrivilegesTest, WhatTheParentWasStartedWithIsNotInMemoryAnyMore) {
  ASSERT_NE(environ[0], nullptr) << "start the tests with an environment, or nothing is tested";
  const Ended ended = in_child([&] {
    // Opened while root: afterwards the process may not look at itself.
    const Fd file(::open("/proc/self/environ", O_RDONLY));
    if (!file || !become(nobody_, {})) return 2;
    const auto bytes = read_all(file.get(), "environ", 1 << 20);
    if (!bytes) return 3;
    for (const char byte : *bytes) {
      if (byte != '\0') return 4;
    }
    return bytes->empty() ? 5 : 0;
  });
  EXPECT_EQ(ended.status, 0);
}

TEST_F(PrivilegesTest, LimitsHoldAndNoCoreIsLeft) {
  const Ended ended = in_child([&] {
    if (!become(nobody_, {64, 0})) return 2;
    rlimit files{};
    rlimit core{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    ::getrlimit(RLIMIT_CORE, &core);
    if (files.rlim_cur != 64 || files.rlim_max != 64 || core.rlim_max != 0) return 3;
    int last = 0;
    while (last >= 0 && last < 200) last = ::dup(STDERR_FILENO);
    return last < 0 ? 0 : 4;
  });
  EXPECT_EQ(ended.status, 0);
}

// The monitor sees passwords and keeps root: it has no become() to do this for it.
TEST(KeepMemoryPrivate, LeavesNoCoreNeitherHereNorInWhatIsStarted) {
  const Ended ended = in_child([] {
    keep_memory_private();
    rlimit core{};
    ::getrlimit(RLIMIT_CORE, &core);
    if (core.rlim_max != 0 || ::prctl(PR_GET_DUMPABLE) != 0) return 2;
    const pid_t child = ::fork();
    if (child == 0) ::_exit(::prctl(PR_GET_DUMPABLE) == 0 ? 0 : 3);
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0) return 3;
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
    ::execl("/bin/sh", "sh", "-c", "ulimit -H -c", nullptr);
    return 4;
  });
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.err, "0\n");
}

TEST_F(PrivilegesTest, DiesWithItsParent) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  const Ended parent = in_child([&] {
    const pid_t grandchild = ::fork();
    if (grandchild == 0) {
      const bool dropped = become(nobody_, {}).has_value();
      const char ready = dropped ? 'r' : 'f';
      static_cast<void>(!::write(write_end.get(), &ready, 1));
      ::close(STDERR_FILENO);  // so that nobody waits for it
      for (;;) ::pause();
    }
    char word = 0;
    return ::read(read_end.get(), &word, 1) == 1 && word == 'r' ? 0 : 2;
  });
  ASSERT_EQ(parent.status, 0);
  write_end.reset();
  char end = 0;
  EXPECT_EQ(::read(read_end.get(), &end, 1), 0) << "end of file comes when the grandchild is gone";
}

TEST(CloseAllBut, LeavesStandardDescriptorsAndThoseGiven) {
  const Ended ended = in_child([] {
    std::array<int, 40> opened{};
    for (int& fd : opened) fd = ::dup(STDERR_FILENO);
    const std::set<int> kept{opened[3], opened[20], opened[39]};
    if (!close_all_but({opened[39], opened[3], opened[20], 1})) return 2;
    for (int fd = 0; fd < 1024; ++fd) {
      const bool open = ::fcntl(fd, F_GETFD) >= 0;
      if (fd > 2 && open != kept.contains(fd)) return 3;
      if (fd == STDERR_FILENO && !open) return 4;
    }
    return 0;
  });
  EXPECT_EQ(ended.status, 0);
}

TEST(AccountOf, NamesWhoIsMissingAndHowToMakeIt) {
  const auto missing = account_of("muster-nobody-knows");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_THAT(missing.error().what, ::testing::StartsWith("muster-nobody-knows: "));
  EXPECT_THAT(missing.error().hint, ::testing::HasSubstr("useradd --system"));
}

}  // namespace
}  // namespace muster::sandbox
