// SPDX-License-Identifier: GPL-2.0-or-later
// What docs/security.md promises about the agent's three processes, read from /proc of a provisioned host: identity,
// capabilities, filters, descriptors, environment; and what systemd thinks of the unit.
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/lab.h"

namespace muster::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// 10 is a service without any protection. What commands inherit bounds it from below: they use sudo.
constexpr double kMaxExposure = 3.5;

// Of the unit's CapabilityBoundingSet; nobody may have more.
constexpr std::uint64_t kUnitCapabilities =
    1U << 0 | 1U << 1 | 1U << 2 | 1U << 5 | 1U << 6 | 1U << 7 | 1U << 10 | 1U << 29;

struct Process {
  std::string pid;
  std::map<std::string, std::string> status;
  std::multiset<std::string>
      descriptors;          // what each but 0, 1 and 2 is: "socket", "anon_inode:[eventpoll]", a path
  std::string environment;  // the strings it was started with, without the NULs between them
};

class ConfinementTest : public LabTest {
 protected:
  static void SetUpTestSuite() {
    start({"1"});
    if (!lab().up()) return;
    provisioned = run(lab().provision());
    polled = run(lab().muster({"poll", "h1"}));  // whatever opens files once has done so
    read_processes();
  }
  void SetUp() override {
    LabTest::SetUp();
    if (HasFatalFailure()) return;
    ASSERT_EQ(provisioned.status, 0) << provisioned.out << provisioned.err;
    ASSERT_EQ(polled.status, 0) << polled.out << polled.err;
    ASSERT_FALSE(monitor.status.empty());
    ASSERT_FALSE(front.status.empty());
    ASSERT_FALSE(providers.status.empty());
  }

  static std::string on_h1(const std::string& shell) { return lab().on("h1", shell).out; }

  static Process process(const std::string& pid) {
    Process found;
    found.pid = pid;
    std::istringstream status(on_h1("cat /proc/" + pid + "/status"));
    for (std::string line; std::getline(status, line);) {
      const auto colon = line.find(":\t");
      if (colon != std::string::npos) found.status[line.substr(0, colon)] = line.substr(colon + 2);
    }
    std::istringstream links(on_h1("cd /proc/" + pid + "/fd && for f in *; do echo $f $(readlink $f); done"));
    for (std::string line; std::getline(links, line);) {
      const auto space = line.find(' ');
      if (line.substr(0, space).size() == 1 && line[0] < '3') continue;
      std::string what = line.substr(space + 1);
      if (what.starts_with("socket:") || what.starts_with("pipe:")) what.resize(what.find(':'));
      found.descriptors.insert(what);
    }
    found.environment = on_h1("tr -d '\\000' </proc/" + pid + "/environ");
    return found;
  }

  static void read_processes() {
    std::istringstream main(on_h1("systemctl show -p MainPID --value muster-agent"));
    std::string pid;
    main >> pid;
    monitor = process(pid);
    std::istringstream children(on_h1("pgrep -P " + pid));
    for (std::string child; children >> child;) {
      Process found = process(child);
      (found.descriptors.contains("anon_inode:[eventpoll]") ? front : providers) = std::move(found);
    }
  }

  static std::string four_times(const std::string& id) {
    std::string text = id;
    for (int i = 0; i < 3; ++i) text.append("\t").append(id);
    return text;
  }
  static std::uint64_t capabilities(const Process& of, const std::string& set) {
    return std::stoull(of.status.at(set), nullptr, 16);
  }

  static inline Ran provisioned;
  static inline Ran polled;
  static inline Process monitor;
  static inline Process front;
  static inline Process providers;
};

TEST_F(ConfinementTest, FrontAndProviderHostAreTheUserMusterAndNothingElse) {
  std::istringstream ids(on_h1("id -u muster; id -g muster"));
  std::string uid;
  std::string gid;
  ids >> uid >> gid;
  ASSERT_NE(uid, "0");
  for (const Process* one : {&front, &providers}) {
    EXPECT_EQ(one->status.at("Uid"), four_times(uid));
    EXPECT_EQ(one->status.at("Gid"), four_times(gid));
    EXPECT_EQ(one->status.at("Groups"), " ");
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
      EXPECT_EQ(capabilities(*one, set), 0u) << set;
    }
  }
}

TEST_F(ConfinementTest, NobodyHasACapabilityBeyondTheUnits) {
  for (const Process* one : {&monitor, &front, &providers}) {
    for (const char* set : {"CapPrm", "CapEff", "CapBnd"}) {
      EXPECT_EQ(capabilities(*one, set) & ~kUnitCapabilities, 0u) << set << one->status.at(set);
    }
  }
  EXPECT_NE(capabilities(monitor, "CapEff"), 0u) << "the monitor needs some: is this the monitor?";
}

TEST_F(ConfinementTest, FrontAndProviderHostHaveAFilterOfTheirOwnOnTopOfTheUnits) {
  const auto filters = [](const Process& of) { return std::stoi(of.status.at("Seccomp_filters")); };
  for (const Process* one : {&front, &providers}) {
    EXPECT_EQ(one->status.at("NoNewPrivs"), "1");
    EXPECT_EQ(one->status.at("Seccomp"), "2");
    EXPECT_EQ(filters(*one), filters(monitor) + 1);
  }
}

TEST_F(ConfinementTest, EachHasTheDescriptorsItNeedsAndNoOtherFile) {
  // the channel to the front, and files of the kernel that anybody may read (core/base/kept_files.h)
  EXPECT_EQ(providers.descriptors.count("socket"), 1U);
  for (const auto& what : providers.descriptors) {
    EXPECT_THAT(what, ::testing::AnyOf("socket", "/proc/meminfo", "/proc/uptime", "/proc/stat",
                                       "/proc/vmstat", "/proc/diskstats", "/proc/1/mountinfo"));
  }
  for (const auto& what : front.descriptors) {
    EXPECT_THAT(what, ::testing::AnyOf("socket", "pipe", "anon_inode:[eventpoll]", "anon_inode:[eventfd]",
                                       "anon_inode:[timerfd]"));
  }
  // the lock, signals, and the channel to the front; the listening socket stays for the next front
  for (const auto& what : monitor.descriptors) {
    EXPECT_THAT(what, ::testing::AnyOf("socket", "anon_inode:[signalfd]", "/run/muster-agent/agent.lock"));
  }
}

TEST_F(ConfinementTest, ChildrenKeepNothingOfTheMonitorsEnvironment) {
  EXPECT_THAT(monitor.environment, HasSubstr("NOTIFY_SOCKET=")) << "the monitor has one, as a control";
  EXPECT_EQ(front.environment, "");
  EXPECT_EQ(providers.environment, "");
}

TEST_F(ConfinementTest, TheJournalSaysHowTheyAreConfinedAndOfNoBreach) {
  const std::string journal = on_h1("journalctl -b -o cat -u muster-agent");
  EXPECT_THAT(journal, HasSubstr("front: serving; confined by seccomp and Landlock"));
  EXPECT_THAT(journal, HasSubstr("providers: serving; confined by seccomp and Landlock"));
  EXPECT_THAT(journal, Not(HasSubstr("which it may not")));
  EXPECT_THAT(journal, Not(HasSubstr("please report")));
  EXPECT_THAT(journal, Not(HasSubstr("front: system call")));
}

TEST_F(ConfinementTest, AReloadOfABadConfigurationFailsAndChangesNothing) {
  const auto on = [](const std::string& shell) { return lab().on("h1", shell); };
  ASSERT_EQ(on("cp /etc/muster/agent.toml /root/ && echo 'prot = 1270' >>/etc/muster/agent.toml").status, 0);
  const auto reload = on("systemctl reload muster-agent");
  const auto status = on("muster-agent status");
  const auto journal = on_h1("journalctl -b -o cat -u muster-agent");
  ASSERT_EQ(on("cp /root/agent.toml /etc/muster/").status, 0);
  EXPECT_NE(reload.status, 0);
  EXPECT_THAT(journal, HasSubstr("prot: unknown key"));
  EXPECT_EQ(status.status, 1);
  EXPECT_THAT(status.out, HasSubstr("running      yes, process " + monitor.pid));
  EXPECT_THAT(status.err, HasSubstr("prot: unknown key"));
  EXPECT_EQ(on("systemctl is-active muster-agent && systemctl reload muster-agent").status, 0);
}

TEST_F(ConfinementTest, SystemdFindsTheUnitLittleExposed) {
  const std::string said = on_h1("systemd-analyze security --no-pager muster-agent | tail -n 1");
  const auto colon = said.rfind(": ");
  ASSERT_NE(colon, std::string::npos) << said;
  EXPECT_LE(std::stod(said.substr(colon + 2)), kMaxExposure) << said;
}

}  // namespace
}  // namespace muster::e2e
