// SPDX-License-Identifier: GPL-2.0-or-later
// Hosts of other Debian releases. Their root file systems take a minute each to build, once.
#include "tests/e2e/platform.h"

namespace muster::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_F(PlatformTest, ANewerDebianLivesLikeAnyOther) {
  ASSERT_NO_FATAL_FAILURE(bring_up({"--base", "trixie"}));
  live();
}

// Its dpkg and its C library are older than the package allows.
TEST_F(PlatformTest, AnOlderDebianIsRefusedWithTheCauseAndLeftAsItWas) {
  ASSERT_NO_FATAL_FAILURE(bring_up({"--base", "bullseye"}));
  const auto ran = run(lab_->provision(), {}, std::chrono::seconds(300));
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("E-PLATFORM"), HasSubstr("too old for the package")));
  const auto removed = command("uninstall", {"--yes"});
  EXPECT_EQ(removed.status, 0) << removed.out << removed.err;
  EXPECT_EQ(leftovers(), "");
}

}  // namespace
}  // namespace muster::e2e
