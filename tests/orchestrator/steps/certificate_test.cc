// SPDX-License-Identifier: GPL-2.0-or-later
// What the root script says of an agent's certificate and of an agent that cannot make a request.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/steps/host_box.h"

namespace muster {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CertificateTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!box_.works()) GTEST_SKIP() << "no namespaces here";
    package_ = test::make_package(box_, "1.0");
  }
  test::ShellResult provision() {
    return test::converse(box_, test::root_script(Journey::provision, package_),
                          {{"install_package", package_.path},
                           {"request_certificate", test::chain("one")},
                           {"verify", "well"}});
  }

  test::HostBox box_;
  test::BoxPackage package_;
};

TEST_F(CertificateTest, TheSignerOfTheOneInPlaceIsToldUnlessItIsTheAgentItself) {
  EXPECT_THAT(provision().output, Not(HasSubstr("signer")));
  box_.run(
      "sed -i -e s/issuer_sha256=ab/issuer_sha256=ef/ -e '1i root_sha256=cd' -e '1i issuer       CN=old one' "
      "/etc/muster/tls/active");
  EXPECT_THAT(provision().output, HasSubstr("mtest | signer cd ef CN=old one\n"));
}

TEST_F(CertificateTest, AnErrorInTheAgentsConfigurationIsToldInItsOwnWordsOnce) {
  ASSERT_THAT(provision().output, HasSubstr("mtest end"));
  box_.run(
      "sed -i s/not_after=100/not_after=1/ /etc/muster/tls/active; "
      "sed -i \"s|'cert request') .*|'cert request') echo 'muster-agent: /etc/muster/agent.toml:3:1: bad' "
      ">\\&2; "
      "echo '  hint: see the example' >\\&2; exit 1 ;;|\" /usr/sbin/muster-agent");
  EXPECT_THAT(
      provision().output,
      HasSubstr("mtest failed request_certificate E-AGENT-CONFIG /etc/muster/agent.toml:3:1: bad (see the "
                "example)\n"));
}

TEST_F(CertificateTest, ARestartWhereNoAgentIsSaysSo) {
  const auto ran = test::converse(box_, test::root_script(Journey::restart, package_), {});
  EXPECT_THAT(ran.output, HasSubstr("mtest failed restart_agent E-NO-AGENT muster-agent is not installed"));
}

}  // namespace
}  // namespace muster
