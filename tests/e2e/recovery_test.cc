// SPDX-License-Identifier: GPL-2.0-or-later
// Processes are killed on both sides at every stage; the next try, or the monitor, puts things right.
#include <csignal>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/lab.h"

namespace muster::e2e {
namespace {

using ::testing::HasSubstr;

class RecoveryTest : public LabTest {
 protected:
  static void SetUpTestSuite() { start({"3"}); }

  // Process ids of the agent's children on a host: the network-facing process first.
  static std::vector<std::string> children(const std::string& host) {
    const auto listed = lab().on(host,
                                 "main=$(systemctl show -p MainPID --value muster-agent); "
                                 "for p in $(pgrep -P $main); do "
                                 "if ls -l /proc/$p/fd 2>/dev/null | grep -q eventpoll; then echo front $p; "
                                 "else echo host $p; fi; done | sort");
    std::vector<std::string> pids;
    std::istringstream lines(listed.out);
    for (std::string kind, pid; lines >> kind >> pid;) pids.push_back(pid);
    return pids;
  }
  static bool polls(const std::string& host) { return run(lab().muster({"poll", host})).status == 0; }
  static Ran clean(const std::string& host) {
    return run(lab().muster({"uninstall", "-i", lab().file("inventory.ini"), "--known-hosts",
                             lab().file("known_hosts"), "--become-password-file", lab().file("become-pass"),
                             "--limit", host, "--yes"}));
  }
};

TEST_F(RecoveryTest, AKilledFrontAndAKilledProviderHostAreReplaced) {
  ASSERT_EQ(run(lab().provision({"--limit", "h1"})).status, 0);
  for (const std::size_t victim : {std::size_t{0}, std::size_t{1}}) {
    const auto before = children("h1");
    ASSERT_EQ(before.size(), 2u);
    ASSERT_EQ(lab().on("h1", "kill -9 " + before[victim]).status, 0);
    EXPECT_TRUE(eventually([] { return polls("h1"); })) << "victim " << victim;
    const auto after = children("h1");
    ASSERT_EQ(after.size(), 2u);
    EXPECT_NE(after[victim], before[victim]);
  }
}

TEST_F(RecoveryTest, AStoppedProviderHostIsReplaced) {
  ASSERT_EQ(run(lab().provision({"--limit", "h1"})).status, 0);
  const auto before = children("h1");
  ASSERT_EQ(before.size(), 2u);
  ASSERT_EQ(lab().on("h1", "kill -STOP " + before[1]).status, 0);
  EXPECT_TRUE(eventually([] { return polls("h1"); }, std::chrono::seconds(120)));
  EXPECT_NE(children("h1").at(1), before[1]);
}

TEST_F(RecoveryTest, AKilledRunIsFinishedByTheNextOneAtEveryStep) {
  for (const char* step : {"probe", "upload", "install_package", "request_certificate", "install_certificate",
                           "restart_agent", "verify", "register"}) {
    const auto cleaned = clean("h2");
    ASSERT_EQ(cleaned.status, 0) << cleaned.out << cleaned.err;
    {
      Background first(lab().provision({"--limit", "h2", "--json"}), lab().scratch() + "/first.log");
      const std::string begun = R"({"event":"begun","host":"h2","step":")" + std::string(step) + "\"}";
      ASSERT_TRUE(eventually([&] { return first.log().find(begun) != std::string::npos; }))
          << step << first.log();
      first.signal(SIGKILL);
      first.wait(std::chrono::seconds(10));
    }
    const auto second = run(lab().provision({"--limit", "h2"}), {}, std::chrono::seconds(300));
    EXPECT_EQ(second.status, 0) << "killed at " << step << ": " << second.out << second.err;
    const auto third = run(lab().provision({"--limit", "h2"}));
    EXPECT_THAT(third.out, HasSubstr("; 0 changes")) << step;
    EXPECT_EQ(lab().on("h2", "ls -d /tmp/*muster* /var/tmp/*muster* 2>/dev/null").out, "") << step;
  }
}

TEST_F(RecoveryTest, UninstallLeavesNothing) {
  const char* tree =
      "find / -xdev \\( -path /proc -o -path /sys -o -path /run -o -path /tmp -o -path /var/log "
      "-o -path /var/lib/systemd -o -path /var/lib/dpkg -o -path /var/cache \\) -prune -o -print | sort; "
      "getent passwd | cut -d: -f1; getent group | cut -d: -f1; systemctl list-unit-files | sort";
  const auto before = lab().on("h3", tree);
  ASSERT_EQ(run(lab().provision({"--limit", "h3"})).status, 0);
  ASSERT_NE(lab().on("h3", tree).out, before.out);
  const auto cleaned = clean("h3");
  ASSERT_EQ(cleaned.status, 0) << cleaned.out << cleaned.err;
  const auto after = lab().on("h3", tree);
  EXPECT_EQ(after.out, before.out);
  EXPECT_EQ(
      lab().on("h3", "ls -d /run/muster* 2>/dev/null; dpkg -l muster-agent 2>/dev/null | grep muster").out,
      "");
  const auto hosts = run(lab().muster({"hosts"}));
  EXPECT_EQ(hosts.out.find("h3 "), std::string::npos) << hosts.out;
}

}  // namespace
}  // namespace muster::e2e
