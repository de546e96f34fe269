// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/report.h"

#include <gtest/gtest.h>

namespace muster {
namespace {

TEST(Report, StoppingSaysForWhomItWaitsAndWhatAnotherKeyDoes) {
  EXPECT_EQ(stopping_text({"SIGINT", 3, std::chrono::seconds(10)}),
            "stopping: waits for 3 hosts that are at work (up to 10 s); Ctrl-C again leaves them");
  EXPECT_EQ(stopping_text({"3 of 20 hosts went wrong", 2, {}}),
            "stopping: 3 of 20 hosts went wrong; waits for 2 hosts that are at work");
  EXPECT_EQ(stopping_text({"SIGTERM", 1, std::chrono::seconds(10)}),
            "stopping (SIGTERM): waits for 1 host that is at work (up to 10 s)");
}

}  // namespace
}  // namespace muster
