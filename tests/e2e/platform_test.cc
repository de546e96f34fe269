// SPDX-License-Identifier: GPL-2.0-or-later
// Hosts without systemd.
#include "tests/e2e/platform.h"

namespace muster::e2e {
namespace {

TEST_F(PlatformTest, AHostWithoutSystemdLivesLikeAnyOther) {
  ASSERT_NO_FATAL_FAILURE(bring_up({"--kind", "plain"}));
  live();
}

// A provisioning run and dpkg hold the host's lock while they start it: kept, it would make every later run E-BUSY.
TEST_F(PlatformTest, TheDaemonKeepsNoLockOfWhoeverStartedIt) {
  ASSERT_NO_FATAL_FAILURE(bring_up({"--kind", "plain"}));
  ASSERT_EQ(run(lab_->provision(), {}, std::chrono::seconds(300)).status, 0);
  for (const char* start : {"muster-agent serve --daemon", "/etc/init.d/muster-agent start"}) {
    const std::string stop = "/etc/init.d/muster-agent stop; ";
    const auto started = lab_->on("h1", stop + "exec 9>/run/held; flock 9; " + start);
    EXPECT_EQ(started.status, 0) << started.out << started.err;
    EXPECT_EQ(lab_->on("h1", "flock -n /run/held true").status, 0) << start;
    EXPECT_EQ(run(lab_->muster({"poll"})).status, 0);
  }
}

}  // namespace
}  // namespace muster::e2e
