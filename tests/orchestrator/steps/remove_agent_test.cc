// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/steps/host_box.h"

namespace muster {
namespace {

using test::converse;
using test::make_package;
using test::root_script;
using test::Talk;
using ::testing::EndsWith;
using ::testing::HasSubstr;

// Another program's dpkg, which holds the lock until somebody writes to /run/go.
constexpr char kOther[] = "mkfifo /run/go; read -r word </run/go";

class RemoveAgentTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!box_.works()) GTEST_SKIP() << "no namespaces here";
    package_ = make_package(box_, "1.0");
    converse(box_, root_script(Journey::provision, package_),
             {{"install_package", package_.path}, {"request_certificate", test::chain("one")}});
    ASSERT_EQ(agent(), "running\n");
  }
  std::string agent() {
    return box_.run("[ -e /proc/$(cat /run/muster-agent/agent.pid)/exe ] && echo running || echo stopped")
        .output;
  }
  // `dpkg -i` of a package whose preinst waits: dpkg holds its lock, and its database is as it was.
  std::string lock_words() {
    const auto other = make_package(box_, "9.0", {{"preinst", kOther}});
    return "dpkg-deb -R " + other.path +
           " /run/other; sed -i s/muster-agent/other/ /run/other/DEBIAN/control; " +
           "mv /run/other/usr/sbin/muster-agent /run/other/usr/sbin/other; dpkg-deb -b /run/other "
           "/run/other.deb; " +
           "dpkg -i /run/other.deb";
  }
  void wait_for_lock() { ASSERT_TRUE(box_.eventually("[ -p /run/go ]")); }

  test::HostBox box_;
  test::BoxPackage package_;
};

TEST_F(RemoveAgentTest, ItWaitsForDpkgsLock) {
  Talk other(box_, lock_words());
  wait_for_lock();
  Talk removal(box_, root_script(Journey::uninstall, package_));
  removal.hear("mtest begin remove_agent");
  EXPECT_TRUE(box_.eventually("grep -qs locked /var/tmp/muster-root-*/log"));
  box_.run("echo >/run/go");
  EXPECT_EQ(removal.end(), 0);
  EXPECT_THAT(removal.heard(), EndsWith("mtest changed remove_agent\nmtest end\n"));
  EXPECT_EQ(other.end(), 0);
  EXPECT_EQ(box_.run("ls -d /usr/sbin/muster-agent /etc/muster /var/lib/muster-agent 2>/dev/null").output,
            "");
}

TEST_F(RemoveAgentTest, AnAgentThatCannotBeRemovedRunsAgain) {
  Talk other(box_, lock_words());
  wait_for_lock();
  const auto ran = converse(box_, root_script(Journey::uninstall, package_, "0"), {});
  EXPECT_THAT(ran.output, HasSubstr("mtest failed remove_agent E-DPKG-LOCKED"));
  EXPECT_EQ(agent(), "running\n");
  box_.run("echo >/run/go");
}

}  // namespace
}  // namespace muster
