// SPDX-License-Identifier: GPL-2.0-or-later
// A host of an unusual kind, and its whole life: provisioned, found unchanged, polled, restarted, removed.
#pragma once

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/lab.h"

namespace muster::e2e {

class PlatformTest : public ::testing::Test {
 protected:
  void bring_up(const Words& words) {
    Words all{"1", "--kinds", "nopasswd"};
    all.insert(all.end(), words.begin(), words.end());
    lab_ = std::make_unique<Lab>(all);
    ASSERT_TRUE(lab_->up()) << lab_->why_not();
  }
  Ran command(const std::string& name, const Words& more = {}) const {
    Words words{name, "-i", lab_->file("inventory.ini"), "--known-hosts", lab_->file("known_hosts")};
    words.insert(words.end(), more.begin(), more.end());
    return run(lab_->muster(words));
  }
  std::string leftovers() const {
    return lab_
        ->on("h1",
             "ls -d /etc/muster /run/muster* /tmp/*muster* /var/tmp/*muster* "
             "/var/lib/muster* 2>/dev/null; pgrep -x muster-agent")
        .out;
  }

  // A host's life, from the first run to the last.
  void live() {
    const auto first = run(lab_->provision(), {}, std::chrono::seconds(300));
    EXPECT_EQ(first.status, 0) << first.out << first.err;
    EXPECT_THAT(run(lab_->provision()).out, ::testing::HasSubstr("; 0 changes"));
    EXPECT_EQ(run(lab_->muster({"poll"})).status, 0);
    const auto process =
        lab_->on("h1", "cat /run/muster-agent/agent.pid 2>/dev/null || pgrep -o muster-agent");
    const auto restarted = command("restart");
    EXPECT_EQ(restarted.status, 0) << restarted.out << restarted.err;
    EXPECT_NE(lab_->on("h1", "cat /run/muster-agent/agent.pid 2>/dev/null || pgrep -o muster-agent").out,
              process.out);
    EXPECT_EQ(run(lab_->muster({"poll"})).status, 0);
    const auto removed = command("uninstall", {"--yes"});
    EXPECT_EQ(removed.status, 0) << removed.out << removed.err;
    EXPECT_EQ(leftovers(), "");
  }

  std::unique_ptr<Lab> lab_;
};

}  // namespace muster::e2e
