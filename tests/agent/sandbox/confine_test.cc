// SPDX-License-Identifier: GPL-2.0-or-later
// Real filters in real processes: each row of the table makes one call in a confined child, and the child's end says
// what the kernel did about it.
#include "agent/sandbox/confine.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "agent/sandbox/breach.h"
#include "agent/sandbox/privileges.h"
#include "core/base/linux_host.h"
#include "core/base/log.h"
#include "providers/registry.gen.h"
#include "tests/agent/in_child.h"

namespace muster::sandbox {
namespace {

using muster::testing::Ended;
using muster::testing::in_child;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kDone = 0;               // the call did what it says
constexpr int kKilled = 128 + SIGSYS;  // the call ended the process
constexpr int kOff = 77;               // this build is not confined
constexpr int kNotConfined = 99;

// As a child of the monitor would be: somebody else, with no way back, then confined.
int confined(Process process, const std::function<int()>& body) {
  if (::geteuid() == 0) {
    const auto nobody = account_of("nobody");
    if (!nobody || !become(*nobody, {})) return kNotConfined;
  }
  const auto confinement = confine(process, process == Process::courier ? "/var/tmp" : "");
  if (!confinement) return kNotConfined;
  return *confinement == Confinement::off ? kOff : body();
}

int errno_of(bool failed) {
  return failed ? errno : kDone;
}

struct Attempt {
  const char* name;
  int (*call)();
  int front;      // exit status in a confined front: 0, an errno, or kKilled
  int providers;  // in a confined provider host
  int courier;    // in a confined courier that may write in /var/tmp
};

// Every call works for an ordinary unconfined process, unless it is one that needs root: see TheCallsWorkUnconfined.
constexpr Attempt kAttempts[] = {
    {"read a file", [] { return errno_of(::open("/proc/meminfo", O_RDONLY) < 0); }, EACCES, kDone, kDone},
    {"list a folder", [] { return errno_of(::open("/proc", O_RDONLY | O_DIRECTORY) < 0); }, EACCES, kDone,
     kDone},
    {"write a file", [] { return errno_of(::open("/dev/null", O_WRONLY) < 0); }, EACCES, EACCES, EACCES},
    {"make a file", [] { return errno_of(::open("/tmp", O_RDWR | O_TMPFILE, 0600) < 0); }, EACCES, EACCES,
     EACCES},
    {"make a file in the courier's folder",
     [] { return errno_of(::open("/var/tmp", O_RDWR | O_TMPFILE, 0600) < 0); }, EACCES, EACCES, kDone},
    {"size of a file system",
     [] {
       struct statvfs room {};
       return errno_of(::statvfs("/", &room) != 0);
     },
     kKilled, kDone, ENOSYS},
    {"socket to the network", [] { return errno_of(::socket(AF_INET, SOCK_STREAM, 0) < 0); }, kKilled, EACCES,
     kDone},
    {"socket on this machine", [] { return errno_of(::socket(AF_UNIX, SOCK_STREAM, 0) < 0); }, kKilled, kDone,
     kDone},
    {"socket for routes", [] { return errno_of(::socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) < 0); }, kKilled,
     kDone, kDone},
    {"socket for events", [] { return errno_of(::socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT) < 0); },
     kKilled, EACCES, ENOSYS},
    {"listen", [] { return errno_of(::listen(-1, 1) != 0 && errno != EBADF); }, kKilled, kKilled, kKilled},
    {"execute", [] { return errno_of(::execl("/bin/true", "true", nullptr) != 0); }, kKilled, kKilled,
     kKilled},
    {"fork",
     [] {
       const pid_t child = ::fork();
       if (child == 0) ::_exit(0);
       return errno_of(child < 0);
     },
     kKilled, kKilled, ENOSYS},
    {"trace", [] { return errno_of(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0); }, kKilled, kKilled,
     kKilled},
    {"signal another process", [] { return errno_of(::kill(::getpid(), 0) != 0); }, kKilled, kKilled,
     kKilled},
    {"executable memory",
     [] {
       return errno_of(::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                       MAP_FAILED);
     },
     kKilled, ENOSYS, ENOSYS},
    {"memory", [] { return errno_of(std::malloc(1 << 22) == nullptr); }, kDone, kDone, kDone},
    {"another handler of SIGSYS", [] { return errno_of(::signal(SIGSYS, SIG_IGN) == SIG_ERR); }, kKilled,
     ENOSYS, kKilled},
    {"a call that no table knows", [] { return errno_of(::getpriority(PRIO_PROCESS, 0) < 0); }, kKilled,
     ENOSYS, ENOSYS},
};

TEST(Confine, TheCallsWorkUnconfined) {
  for (const Attempt& attempt : kAttempts) EXPECT_EQ(in_child(attempt.call).status, kDone) << attempt.name;
}

class ConfineTest : public ::testing::TestWithParam<Process> {};

TEST_P(ConfineTest, LetsEachCallDoWhatTheProcessNeedsAndNoMore) {
  for (const Attempt& attempt : kAttempts) {
    const Ended ended = in_child([&] { return confined(GetParam(), attempt.call); });
    if (ended.status == kOff) GTEST_SKIP() << "a sanitizer is on";
    const int expected = GetParam() == Process::front       ? attempt.front
                         : GetParam() == Process::providers ? attempt.providers
                                                            : attempt.courier;
    EXPECT_EQ(ended.status, expected) << attempt.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Processes, ConfineTest,
                         ::testing::Values(Process::front, Process::providers, Process::courier));

TEST(Confine, ACallThatEndsTheProcessIsLeftForTheParent) {
  const auto last = LastCall::shared();
  ASSERT_TRUE(last.has_value());
  ASSERT_EQ(last->number(), -1);
  const Ended ended = in_child([&] {
    last->leave_here();
    return confined(Process::front, [] { return errno_of(::execl("/bin/true", "true", nullptr) != 0); });
  });
  if (ended.status == kOff) GTEST_SKIP() << "a sanitizer is on";
  EXPECT_EQ(ended.status, kKilled);
  EXPECT_EQ(call_text(last->number()).substr(0, 8), "execve (");
}

TEST(Confine, ARefusedCallIsLoggedOnceWithItsName) {
  const Ended ended = in_child([] {
    return confined(Process::providers, [] {
      for (int round = 0; round < 3; ++round) {
        static_cast<void>(::getpriority(PRIO_PROCESS, 0));
        static_cast<void>(::socket(AF_INET, SOCK_STREAM, 0));
        log_refused_calls("providers");
      }
      return 0;
    });
  });
  if (ended.status == kOff) GTEST_SKIP() << "a sanitizer is on";
  ASSERT_EQ(ended.status, 0);
  const std::string unknown = "warning providers: system call getpriority (";
  const std::string expected = "info providers: system call socket (";
  EXPECT_THAT(ended.err, HasSubstr(unknown));
  EXPECT_THAT(ended.err, HasSubstr(expected));
  EXPECT_EQ(ended.err.find(unknown), ended.err.rfind(unknown)) << ended.err;
  EXPECT_EQ(ended.err.find(expected), ended.err.rfind(expected)) << ended.err;
}

// The first line of a log would open /etc/localtime.
TEST(Confine, ALineOfTheLogNeedsNoFile) {
  const Ended ended = in_child([] {
    return confined(Process::front, [] {
      log::info("front", "what time is it");
      log_refused_calls("front");
      return 0;
    });
  });
  if (ended.status == kOff) GTEST_SKIP() << "a sanitizer is on";
  ASSERT_EQ(ended.status, 0);
  EXPECT_THAT(ended.err, HasSubstr("what time is it"));
  EXPECT_THAT(ended.err, Not(HasSubstr("was refused")));
}

TEST(Confine, AProviderMayAskForTheNamesOfUsers) {
  const Ended ended = in_child([] {
    return confined(Process::providers, [] {
      passwd entry{};
      passwd* found = nullptr;
      char text[1024];
      ::getpwuid_r(1, &entry, text, sizeof text, &found);
      return found != nullptr && std::string(entry.pw_name) == "daemon" ? 0 : 1;
    });
  });
  if (ended.status == kOff) GTEST_SKIP() << "a sanitizer is on";
  EXPECT_EQ(ended.status, 0);
}

int count_failing(const std::vector<std::unique_ptr<Provider>>& providers) {
  int failed = 0;
  for (const auto& provider : providers) {
    provider->sample();
    const auto done = provider->enumerate([](const cim::Instance&) {});
    if (done || done.error().code == Errc::unsupported) continue;
    log::error(provider->cim_class().name(), done.error());
    ++failed;
  }
  return failed;
}

// What a provider asks the kernel for has to be in the table: this is where a new one finds out.
TEST(Confine, EveryProviderWorksInTheProviderHost) {
  const Ended ended = in_child([] {
    const LinuxHost host;
    const auto providers = all_providers(host);
    return confined(Process::providers, [&] {
      const int failed = count_failing(providers);
      log_refused_calls("providers");
      return failed;
    });
  });
  if (ended.status == kOff) GTEST_SKIP() << "a sanitizer is on";
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_THAT(ended.err, Not(HasSubstr("was refused"))) << ended.err;
}

}  // namespace
}  // namespace muster::sandbox
