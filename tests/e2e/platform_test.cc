// SPDX-License-Identifier: GPL-2.0-or-later
// Hosts without systemd.
#include "tests/e2e/platform.h"

namespace muster::e2e {
namespace {

TEST_F(PlatformTest, AHostWithoutSystemdLivesLikeAnyOther) {
  ASSERT_NO_FATAL_FAILURE(bring_up({"--kind", "plain"}));
  live();
}

}  // namespace
}  // namespace muster::e2e
