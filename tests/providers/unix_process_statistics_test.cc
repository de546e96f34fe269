// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>

#include <gtest/gtest.h>

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
using testing::text;

struct Process {
  std::uint64_t major_faults = 0;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  std::uint64_t start = 500;
};

class UnixProcessStatisticsTest : public ::testing::Test {
 protected:
  UnixProcessStatisticsTest() { host_.with_file("/proc/meminfo", "MemTotal: 100000 kB\nMemFree: 1 kB\n"); }

  void run(const std::string& pid, const Process& process) {
    host_.with_file("/proc/" + pid + "/stat",
                    pid + " (p" + pid + ") S 1 1 1 0 -1 0 11 12 " + std::to_string(process.major_faults) +
                        " 13 " + std::to_string(process.user) + " " + std::to_string(process.system) +
                        " 40772 8923 20 0 1 0 " + std::to_string(process.start) +
                        " 99 5000 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
    host_.with_file("/proc/" + pid + "/status", "Tgid:\t" + pid +
                                                    "\nVmData:\t 400 kB\nVmStk:\t 132 kB\nVmExe:\t 4 kB\n" +
                                                    "RssFile:\t 2100 kB\nRssShmem:\t 12 kB\n");
  }

  FakeHost host_;
  std::unique_ptr<Provider> provider_ = make_unix_process_statistics(host_);
};

TEST_F(UnixProcessStatisticsTest, StatesMemoryInKibibytes) {
  run("7", {});
  const auto seen = rows(*provider_);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(text(seen[0], "Handle"), "7");
  EXPECT_EQ(text(seen[0], "Name"), "p7");
  EXPECT_EQ(number(seen[0], "VirtualText"), 4U);
  EXPECT_EQ(number(seen[0], "VirtualData"), 400U);
  EXPECT_EQ(number(seen[0], "VirtualStack"), 132U);
  EXPECT_EQ(number(seen[0], "VirtualSharedMemory"), 2112U);
  EXPECT_EQ(number(seen[0], "UsedMemory"), 20000U);
  EXPECT_EQ(number(seen[0], "PercentUsedMemory"), 20U);
  EXPECT_EQ(number(seen[0], "CpuTimeDeadChildren"), 40772U);
  EXPECT_EQ(number(seen[0], "SystemTimeDeadChildren"), 8923U);
}

TEST_F(UnixProcessStatisticsTest, LeavesSizesOfKernelThreadsNull) {
  run("7", {});
  host_.with_file("/proc/7/status", "Tgid:\t7\n");
  const auto seen = rows(*provider_);
  for (const auto* size : {"VirtualText", "VirtualData", "VirtualStack", "VirtualSharedMemory"}) {
    EXPECT_TRUE(is_null(seen.at(0), size)) << size;
  }
}

TEST_F(UnixProcessStatisticsTest, MeasuresSinceTheLastLook) {
  run("7", {.major_faults = 100, .user = 1000, .system = 2000});
  run("8", {.user = 1000});
  provider_->sample();
  host_.advance(std::chrono::seconds(20));
  run("7", {.major_faults = 160, .user = 2000, .system = 2500});
  run("8", {.user = 5000, .start = 900});  // another process of the same number
  const auto seen = rows(*provider_);
  EXPECT_EQ(number(named(seen, "p7"), "PercentUserTime"), 50U);
  EXPECT_EQ(number(named(seen, "p7"), "PercentPrivilegedTime"), 25U);
  EXPECT_EQ(number(named(seen, "p7"), "CPUTime"), 75U);
  EXPECT_EQ(number(named(seen, "p7"), "PagesReadPerSec"), 3U);
  EXPECT_EQ(number(named(seen, "p8"), "CPUTime"), 0U);
}

TEST_F(UnixProcessStatisticsTest, SaysNothingOfIntervalsThatAreTooShort) {
  run("7", {});
  provider_->sample();
  host_.advance(std::chrono::seconds(2));
  run("7", {.user = 200});
  EXPECT_EQ(number(rows(*provider_).at(0), "CPUTime"), 0U);
}

TEST_F(UnixProcessStatisticsTest, LeavesOutWhatEndsMeanwhileAndFindsTheRest) {
  run("7", {});
  run("8", {});
  host_.vanish("/proc/7/status");
  EXPECT_EQ(rows(*provider_).size(), 1U);
  std::size_t found = 0;
  ASSERT_TRUE(provider_->find({{"Handle", "8"}}, [&](const cim::Instance&) { ++found; }).has_value());
  ASSERT_TRUE(provider_->find({{"Handle", "7"}}, [&](const cim::Instance&) { ++found; }).has_value());
  ASSERT_TRUE(provider_->find({{"Handle", "x"}}, [&](const cim::Instance&) { ++found; }).has_value());
  EXPECT_EQ(found, 1U);
}

}  // namespace
}  // namespace muster
