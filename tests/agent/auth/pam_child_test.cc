// SPDX-License-Identifier: GPL-2.0-or-later
// One attempt, one process: modules that crash, hang or leave helpers behind cost that process alone.
#include "agent/auth/pam_child.h"

#include <csignal>

#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/agent/auth/pam_fixture.h"
#include "tests/agent/in_child.h"

namespace muster::auth {
namespace {

using muster::testing::exit_status;
using testing::kPassword;
using testing::kUnix;

class PamChildTest : public testing::PamTest {
 protected:
  static PamChild start(const std::string& service, const std::string& user, const std::string& password) {
    auto child = PamChild::start({service, false}, {user, Secret(password), "192.0.2.7"}, 42);
    if (!child) throw std::runtime_error(child.error().what);
    return std::move(*child);
  }
  static bool readable(const PamChild& child, int milliseconds) {
    pollfd wait{child.fd(), POLLIN, 0};
    return ::poll(&wait, 1, milliseconds) == 1;
  }
  static int reap(pid_t pid) {
    int status = 0;
    return ::waitpid(pid, &status, 0) == pid ? exit_status(status) : -1;
  }
};

TEST_F(PamChildTest, SaysYesForTheRightPasswordAndNoForAnother) {
  service("test-unix", kUnix);
  const std::pair<const char*, bool> cases[] = {{kPassword, true}, {"wrong", false}};
  for (const auto& [password, accepted] : cases) {
    PamChild child = start("test-unix", "alice", password);
    const pid_t pid = child.pid();
    EXPECT_EQ(child.id(), 42u);
    EXPECT_EQ(child.user(), "alice");
    ASSERT_TRUE(readable(child, 10'000));
    EXPECT_EQ(child.finish(), accepted) << password;
    EXPECT_NE(reap(pid), -1);
  }
}

TEST_F(PamChildTest, AModuleThatKillsItsProcessIsANo) {
  const muster::testing::TemporaryFolder folder;
  // pam_exec forks: the shell's parent is the process that answers for this attempt.
  ASSERT_TRUE(write_file_atomically(folder / "crash", "#!/bin/sh\nkill -9 $PPID\n", 0755).has_value());
  service("test-crash",
          "auth required pam_exec.so " + (folder / "crash") + "\naccount required pam_permit.so\n");
  PamChild child = start("test-crash", "alice", kPassword);
  const pid_t pid = child.pid();
  ASSERT_TRUE(readable(child, 10'000)) << "the end of the process shows as end of file";
  EXPECT_FALSE(child.finish());
  EXPECT_EQ(reap(pid), 128 + SIGKILL);
}

TEST_F(PamChildTest, FinishKillsAModuleThatHangsAndTheHelpersItStarted) {
  const muster::testing::TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  // The helper holds the fifo open for writing for as long as it lives.
  ASSERT_TRUE(write_file_atomically(
                  folder / "hang",
                  "#!/bin/sh\nexec 3>" + (folder / "pipe") + "\necho up >&3\nexec sleep 1000\n", 0755)
                  .has_value());
  service("test-hang",
          "auth required pam_exec.so " + (folder / "hang") + "\naccount required pam_permit.so\n");
  PamChild child = start("test-hang", "alice", kPassword);
  const pid_t pid = child.pid();
  const Fd helper(::open((folder / "pipe").c_str(), O_RDONLY));
  char word[8];
  ASSERT_EQ(::read(helper.get(), word, sizeof word), 3);
  EXPECT_FALSE(readable(child, 0));
  EXPECT_FALSE(child.finish());
  EXPECT_EQ(reap(pid), 128 + SIGKILL);
  pollfd wait{helper.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&wait, 1, 10'000), 1) << "the helper is gone too";
  EXPECT_EQ(::read(helper.get(), word, sizeof word), 0);
}

}  // namespace
}  // namespace muster::auth
