// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>

#include <gtest/gtest.h>

#include "providers/proc/cgroups.h"
#include "providers/registry.gen.h"
#include "tests/fakes/fake_host.h"
#include "tests/fakes/rows.h"

namespace muster {
namespace {

using testing::FakeHost;
using testing::is_null;
using testing::named;
using testing::number;
using testing::rows;

class ControlGroupTest : public ::testing::Test {
 protected:
  ControlGroupTest() { host_.with_file("/sys/fs/cgroup/cgroup.controllers", "cpu io memory pids\n"); }

  FakeHost& with_group(const std::string& path) {
    return host_.with_file("/sys/fs/cgroup" + path + "/cgroup.events", "populated 1\n");
  }

  FakeHost host_;
  std::unique_ptr<Provider> provider_ = make_control_group(host_);
};

TEST_F(ControlGroupTest, StatesWhatAGroupHasUsed) {
  with_group("/system.slice");
  const std::string group = "/sys/fs/cgroup/system.slice/ssh.service";
  with_group("/system.slice/ssh.service")
      .with_file(group + "/cpu.stat",
                 "usage_usec 5000999\nuser_usec 3000000\nsystem_usec 2000999\nnr_periods 1\nnr_throttled 1\n"
                 "throttled_usec 7000\n")
      .with_file(group + "/memory.current", "1048576\n")
      .with_file(group + "/memory.max", "max\n")
      .with_file(group + "/memory.swap.current", "4096\n")
      .with_file(group + "/memory.events", "low 0\nhigh 0\nmax 3\noom 2\noom_kill 1\n")
      .with_file(group + "/io.stat",
                 "254:0 rbytes=100 wbytes=20 rios=1 wios=1 dbytes=0 dios=0\n8:0 rbytes=11 wbytes=2\n")
      .with_file(group + "/pids.current", "3\n")
      .with_file(group + "/pids.max", "100\n");
  const auto seen = rows(*provider_);
  ASSERT_EQ(seen.size(), 2U);
  const auto& ssh = named(seen, "/system.slice/ssh.service");
  EXPECT_EQ(number(ssh, "ProcessorTime"), 5000U);
  EXPECT_EQ(number(ssh, "UserTime"), 3000U);
  EXPECT_EQ(number(ssh, "SystemTime"), 2000U);
  EXPECT_EQ(number(ssh, "ThrottledTime"), 7U);
  EXPECT_EQ(number(ssh, "UsedMemory"), 1048576U);
  EXPECT_TRUE(is_null(ssh, "MemoryLimit"));
  EXPECT_EQ(number(ssh, "UsedSwap"), 4096U);
  EXPECT_EQ(number(ssh, "OutOfMemoryKills"), 1U);
  EXPECT_EQ(number(ssh, "ReadBytes"), 111U);
  EXPECT_EQ(number(ssh, "WrittenBytes"), 22U);
  EXPECT_EQ(number(ssh, "Tasks"), 3U);
  EXPECT_EQ(number(ssh, "TaskLimit"), 100U);
  const auto& slice = named(seen, "/system.slice");
  for (const auto* property : {"ProcessorTime", "UsedMemory", "ReadBytes", "Tasks", "OutOfMemoryKills"}) {
    EXPECT_TRUE(is_null(slice, property)) << property;
  }
}

TEST_F(ControlGroupTest, GoesNoDeeperThanItsLimit) {
  with_group("/a");
  with_group("/a/b");
  with_group("/a/b/c");
  with_group("/a/b/c/d");
  EXPECT_EQ(rows(*provider_).size(), static_cast<std::size_t>(proc::kMaxGroupDepth));
}

TEST_F(ControlGroupTest, ShowsNoMoreGroupsThanItsLimit) {
  for (std::size_t i = 0; i < proc::kMaxGroups + 10; ++i) with_group("/user-" + std::to_string(i) + ".slice");
  EXPECT_EQ(rows(*provider_).size(), proc::kMaxGroups);
}

TEST(ControlGroupProvider, LooksBesideVersionOne) {
  FakeHost host;
  host.with_file("/sys/fs/cgroup/unified/cgroup.controllers", "\n")
      .with_file("/sys/fs/cgroup/unified/init.scope/cgroup.events", "populated 1\n")
      .with_file("/sys/fs/cgroup/cpu/tasks", "1\n");
  EXPECT_EQ(rows(*make_control_group(host)).size(), 1U);
}

}  // namespace
}  // namespace muster
