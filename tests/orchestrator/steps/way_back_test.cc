// SPDX-License-Identifier: GPL-2.0-or-later
// What happens on a host when an upgrade fails, cannot be proved, or is cut: it goes back, at the latest in the next
// run. The root script runs for real, with real packages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/steps/host_box.h"

namespace muster {
namespace {

using test::BoxPackage;
using test::chain;
using test::converse;
using test::make_package;
using test::root_script;
using test::ShellResult;
using test::Talk;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kFails[] = "echo out of luck >&2; exit 1";

class WayBackTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!box_.works()) GTEST_SKIP() << "no namespaces here";
    first_ = make_package(box_, "1.0");
    const auto ran = provision(first_, "one", "well");
    ASSERT_THAT(ran.output, EndsWith("mtest end\n"));
    ASSERT_EQ(state(), "ii 1.0 sha256=one running");
  }

  // A verdict of "" cuts the run at the question for it.
  ShellResult provision(const BoxPackage& package, const std::string& certificate,
                        const std::string& verdict) {
    test::Answers answers{{"install_package", package.path}, {"request_certificate", chain(certificate)}};
    if (!verdict.empty()) answers["verify"] = verdict;
    return converse(box_, root_script(Journey::provision, package), answers);
  }
  // As a renewal does: the certificate in place is not good enough any more.
  void let_certificate_expire() { box_.run("sed -i s/not_after=100/not_after=1/ /etc/muster/tls/active"); }

  std::string state() {
    auto text = box_.run(
                        "dpkg-query -W -f '${db:Status-Abbrev}${Version} ' muster-agent; "
                        "muster-agent cert show | grep ^sha256 | tr '\\n' ' '; "
                        "[ -e /proc/$(cat /run/muster-agent/agent.pid)/exe ] && echo running || echo stopped")
                    .output;
    text.pop_back();
    return text;
  }
  std::string kept() {
    return box_
        .run(
            "cd /var/lib/muster-agent; ls; [ ! -e package.deb ] || dpkg-deb -f package.deb Version; "
            "sha256sum package.deb | cut -c1-64 | cmp - package.sha256")
        .output;
  }

  test::HostBox box_;
  BoxPackage first_;
};

constexpr char kProved1[] = "package.deb\npackage.sha256\n1.0\n";
constexpr char kProved2[] = "package.deb\npackage.sha256\n2.0\n";

TEST_F(WayBackTest, AnotherPackageIsNotInstalledAndTheWayBackStays) {
  const auto ran = provision(make_package(box_, "2.0", {}, "other"), "two", "well");
  EXPECT_THAT(ran.output, HasSubstr("E-PACKAGE this is the package other, not muster-agent"));
  EXPECT_EQ(state(), "ii 1.0 sha256=one running");
  EXPECT_EQ(kept(), kProved1);
}

TEST_F(WayBackTest, AnUpgradeThatDpkgFailsToConfigureGivesWayToThePackageBefore) {
  const auto ran = provision(make_package(box_, "2.0", {{"postinst", kFails}}), "one", "well");
  EXPECT_THAT(ran.output, AllOf(HasSubstr("mtest failed install_package E-PACKAGE dpkg ended with 1"),
                                HasSubstr("out of luck"), HasSubstr("(went back to the earlier package)")));
  EXPECT_EQ(state(), "ii 1.0 sha256=one running");
  EXPECT_EQ(kept(), kProved1);
}

TEST_F(WayBackTest, AnUpgradeThatDpkgTakesBackByItselfLeavesAllAsItWas) {
  const auto ran = provision(make_package(box_, "2.0", {{"preinst", kFails}}), "one", "well");
  EXPECT_THAT(ran.output, AllOf(HasSubstr("E-PACKAGE"), HasSubstr("(the earlier package stays)")));
  EXPECT_EQ(state(), "ii 1.0 sha256=one running");
  EXPECT_EQ(kept(), kProved1);
}

TEST_F(WayBackTest, APackageWithoutAnAgentGivesWayToThePackageBefore) {
  const auto empty = make_package(box_, "2.0", {{"postinst", "rm /usr/sbin/muster-agent"}});
  EXPECT_THAT(provision(empty, "one", "well").output,
              AllOf(HasSubstr("brought no /usr/sbin/muster-agent"), HasSubstr("went back")));
  EXPECT_EQ(state(), "ii 1.0 sha256=one running");
}

TEST_F(WayBackTest, WhatCannotBeBroughtBackIsNamed) {
  box_.run("rm /var/lib/muster-agent/package.deb");
  const auto ran = provision(make_package(box_, "2.0", {{"postinst", kFails}}), "one", "well");
  EXPECT_THAT(ran.output, HasSubstr("(could not bring back: package)"));
}

TEST_F(WayBackTest, AFirstInstallationThatFailsHasNoWayBack) {
  box_.run("dpkg --purge muster-agent; rm -r /var/lib/muster-agent /etc/muster");
  const auto ran = provision(make_package(box_, "2.0", {{"postinst", kFails}}), "one", "well");
  EXPECT_THAT(ran.output,
              AllOf(HasSubstr("E-PACKAGE"), Not(HasSubstr("earlier")), Not(HasSubstr("bring back"))));
}

TEST_F(WayBackTest, WhatCannotBeProvedGivesWay) {
  let_certificate_expire();
  const auto ran = provision(make_package(box_, "2.0"), "two", "failed");
  EXPECT_THAT(ran.output, HasSubstr("mtest fact went_back=package and certificate\nmtest fact stuck=\n"));
  EXPECT_EQ(state(), "ii 1.0 sha256=one running");
  EXPECT_EQ(kept(), kProved1);
}

TEST_F(WayBackTest, ARunThatIsCutBeforeTheVerdictIsProvedByTheNextOneThatGoesBackForIt) {
  const auto second = make_package(box_, "2.0");
  let_certificate_expire();
  EXPECT_EQ(provision(second, "two", "").status, 75);
  EXPECT_EQ(state(), "ii 2.0 sha256=two running");
  const auto next = provision(second, "two", "failed");
  EXPECT_THAT(next.output,
              AllOf(HasSubstr("mtest ok install_package\n"), HasSubstr("mtest ok install_certificate\n"),
                    HasSubstr("mtest fact went_back=package and certificate\n")));
  EXPECT_EQ(state(), "ii 1.0 sha256=one running");
  EXPECT_EQ(kept(), kProved1);
}

TEST_F(WayBackTest, ARunThatIsCutBeforeTheVerdictIsProvedByTheNextOneOnce) {
  const auto second = make_package(box_, "2.0");
  let_certificate_expire();
  EXPECT_EQ(provision(second, "two", "").status, 75);
  EXPECT_THAT(provision(second, "two", "well").output, HasSubstr("mtest ask verify\nmtest end\n"));
  EXPECT_EQ(kept(), kProved2);
  EXPECT_THAT(provision(second, "two", "failed").output, Not(HasSubstr("ask verify")));
}

TEST_F(WayBackTest, ARestartProvesWhatACutRunLeft) {
  const auto second = make_package(box_, "2.0");
  EXPECT_EQ(provision(second, "one", "").status, 75);
  const auto ran = converse(box_, root_script(Journey::restart, second), {{"verify", "failed"}});
  EXPECT_THAT(ran.output, HasSubstr("mtest fact went_back=package\n"));
  EXPECT_EQ(state(), "ii 1.0 sha256=one running");
}

TEST_F(WayBackTest, AnotherUpgradeAfterACutRunStillGoesBackToWhatWasProved) {
  let_certificate_expire();
  EXPECT_EQ(provision(make_package(box_, "2.0"), "two", "").status, 75);
  let_certificate_expire();
  const auto ran = provision(make_package(box_, "3.0"), "three", "failed");
  EXPECT_THAT(ran.output, HasSubstr("mtest fact went_back=package and certificate\n"));
  EXPECT_EQ(state(), "ii 1.0 sha256=one running");
  EXPECT_EQ(kept(), kProved1);
}

TEST_F(WayBackTest, TheEarlierPackageMayReplaceANewerOneThatWasNeverProved) {
  EXPECT_EQ(provision(make_package(box_, "2.0"), "one", "").status, 75);
  EXPECT_THAT(provision(first_, "one", "well").output, EndsWith("mtest end\n"));
  EXPECT_EQ(state(), "ii 1.0 sha256=one running");
  EXPECT_EQ(kept(), kProved1);
}

TEST_F(WayBackTest, AHostThatWentBackTakesTheNextUpgrade) {
  provision(make_package(box_, "2.0", {{"postinst", kFails}}), "one", "well");
  EXPECT_THAT(provision(make_package(box_, "2.0"), "one", "well").output, EndsWith("mtest end\n"));
  EXPECT_EQ(state(), "ii 2.0 sha256=one running");
  EXPECT_EQ(kept(), kProved2);
}

TEST_F(WayBackTest, DpkgIsNotStoppedAndTheNextRunWaitsForIt) {
  const auto slow = make_package(box_, "2.0",
                                 {{"postinst",
                                   "p=$$; while [ $p -gt 1 ]; do cat /proc/$p/comm; p=$(cut -d' ' -f4 "
                                   "/proc/$p/stat); done >/run/ancestors\n"
                                   "mkfifo /run/go; read -r word </run/go"}});
  Talk cut(box_, root_script(Journey::provision, slow));
  cut.hear("mtest ask install_package");
  cut.answer(slow.path);
  ASSERT_TRUE(box_.eventually("[ -p /run/go ]"));
  cut.cut();
  Talk next(box_, root_script(Journey::provision, slow));
  ASSERT_TRUE(box_.eventually("grep -qsx flock /proc/[0-9]*/comm"));
  box_.run("echo >/run/go");
  EXPECT_EQ(cut.end(), 74);
  next.hear("mtest ask verify");
  next.answer("well");
  EXPECT_EQ(next.end(), 0);
  EXPECT_THAT(next.heard(), AllOf(HasSubstr("mtest ok install_package\n"), EndsWith("mtest end\n")));
  EXPECT_EQ(state(), "ii 2.0 sha256=one running");
  EXPECT_THAT(box_.run("cat /run/ancestors").output, AllOf(HasSubstr("dpkg\n"), Not(HasSubstr("timeout\n"))));
}

}  // namespace
}  // namespace muster
