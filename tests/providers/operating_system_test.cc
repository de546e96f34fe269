// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>

#include <gtest/gtest.h>

#include "core/base/linux_host.h"
#include "providers/registry.gen.h"
#include "tests/fakes/command_output.h"
#include "tests/fakes/fake_host.h"
#include "tests/fakes/rows.h"

namespace muster {
namespace {

using testing::FakeHost;
using testing::number;
using testing::rows;
using testing::text;

class OperatingSystemTest : public ::testing::Test {
 protected:
  OperatingSystemTest() {
    host_.with_file("/proc/meminfo",
                    "MemTotal: 4000 kB\nMemAvailable: 1000 kB\nSwapTotal: 500 kB\nSwapFree: 200 kB\n");
    host_.with_file("/proc/uptime", "1812.34 3000.00\n");
    host_.with_file("/proc/1/limits",
                    "Limit                     Soft Limit           Hard Limit           Units     \n"
                    "Max processes             90                   100                  processes \n");
    host_.with_file("/proc/sys/kernel/threads-max", "192731\n")
        .with_file("/proc/sys/kernel/pid_max", "32768\n");
    host_.with_file("/etc/os-release", "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=debian\n");
    host_.at(std::chrono::system_clock::time_point(std::chrono::microseconds(1795168496882936)));
  }

  FakeHost host_;
  std::unique_ptr<Provider> provider_ = make_operating_system(host_);
};

TEST_F(OperatingSystemTest, StatesItsIdentityAndConstants) {
  const auto seen = rows(*provider_);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(text(seen[0], "Caption"), "Debian GNU/Linux 12 (x86_64)");
  EXPECT_EQ(text(seen[0], "Name"), "Linux Distribution");
  EXPECT_EQ(text(seen[0], "OtherTypeDescription"), "6.1.0 #1 SMP x86_64");
  EXPECT_EQ(text(seen[0], "OperatingSystemCapability"), "64 bit");
  EXPECT_EQ(number(seen[0], "OSType"), 36U);
}

TEST_F(OperatingSystemTest, CountsMemoryInKibibytes) {
  const auto seen = rows(*provider_);
  const std::pair<const char*, std::uint64_t> expected[] = {
      {"TotalVisibleMemorySize", 4000}, {"FreePhysicalMemory", 1000}, {"TotalVirtualMemorySize", 4500},
      {"FreeVirtualMemory", 1200},      {"TotalSwapSpaceSize", 500},  {"FreeSpaceInPagingFiles", 200},
  };
  for (const auto& [name, value] : expected) EXPECT_EQ(number(seen.at(0), name), value) << name;
}

TEST_F(OperatingSystemTest, TellsTheTimeInUtcAndTheOffset) {
  host_.with_utc_offset(std::chrono::minutes(-210));
  const auto seen = rows(*provider_);
  EXPECT_EQ(text(seen.at(0), "LocalDateTime"), "2026-11-20T09:54:56.882936Z");
  EXPECT_EQ(std::get<std::int64_t>(seen.at(0).value("CurrentTimeZone")), -210);
  EXPECT_EQ(number(seen.at(0), "SystemUpTime"), 1812U);
}

TEST_F(OperatingSystemTest, LimitsProcessesByTheScarcerOfThreadsAndNumbers) {
  EXPECT_EQ(number(rows(*provider_).at(0), "MaxNumberOfProcesses"), 32768U);
  EXPECT_EQ(number(rows(*provider_).at(0), "MaxProcessesPerUser"), 90U);
  host_.with_file("/proc/1/limits",
                  "Max processes             unlimited            unlimited            processes\n");
  host_.advance(std::chrono::seconds(60));
  EXPECT_EQ(number(rows(*provider_).at(0), "MaxProcessesPerUser"), 32768U);
}

TEST_F(OperatingSystemTest, CountsProcessesAtMostOnceASecond) {
  host_.with_file("/proc/7/stat", "");
  EXPECT_EQ(number(rows(*provider_).at(0), "NumberOfProcesses"), 2U);
  host_.with_file("/proc/8/stat", "");
  EXPECT_EQ(number(rows(*provider_).at(0), "NumberOfProcesses"), 2U);
  host_.advance(std::chrono::seconds(1));
  EXPECT_EQ(number(rows(*provider_).at(0), "NumberOfProcesses"), 3U);
}

TEST_F(OperatingSystemTest, ReadsWhatHardlyChangesSeldom) {
  host_.with_file("/run/utmp", "");
  struct Case {
    const char* path;
    std::size_t after_5_seconds, after_60_seconds;
  };
  const Case cases[] = {{"/etc/os-release", 1, 2},
                        {"/proc/1/limits", 1, 2},
                        {"/proc/sys/kernel/pid_max", 1, 2},
                        {"/run/utmp", 2, 3},
                        {"/proc/meminfo", 2, 3}};
  rows(*provider_);
  rows(*provider_);
  host_.advance(std::chrono::seconds(5));
  rows(*provider_);
  for (const auto& each : cases) EXPECT_EQ(host_.reads(each.path), each.after_5_seconds) << each.path;
  host_.advance(std::chrono::seconds(55));
  rows(*provider_);
  for (const auto& each : cases) EXPECT_EQ(host_.reads(each.path), each.after_60_seconds) << each.path;
}

TEST_F(OperatingSystemTest, TellsTheSameFiguresForATenthOfASecond) {
  rows(*provider_);
  host_.advance(std::chrono::milliseconds(99));
  rows(*provider_);
  EXPECT_EQ(host_.reads("/proc/meminfo"), 1U);
  EXPECT_EQ(host_.reads("/proc/uptime"), 1U);
  host_.advance(std::chrono::milliseconds(1));
  rows(*provider_);
  EXPECT_EQ(host_.reads("/proc/meminfo"), 2U);
  EXPECT_EQ(host_.reads("/proc/uptime"), 2U);
}

TEST_F(OperatingSystemTest, CountsUserSessionsInUtmp) {
  std::string utmp(std::size_t{384} * 3 + 100, '\0');  // the last record is cut short
  utmp[0] = 2;                                         // boot
  utmp[384] = utmp[768] = utmp[1152] = 7;              // user processes
  host_.with_file("/run/utmp", utmp);
  EXPECT_EQ(number(rows(*provider_).at(0), "NumberOfUsers"), 2U);
}

TEST_F(OperatingSystemTest, CountsUserSessionsOfLogindWithoutUtmp) {
  EXPECT_EQ(number(rows(*provider_).at(0), "NumberOfUsers"), 0U);
  host_.advance(std::chrono::seconds(5));
  host_.with_file("/run/systemd/sessions/1", "UID=1000\nSTATE=active\nCLASS=user\n");
  host_.with_file("/run/systemd/sessions/2", "UID=1000\nSTATE=closing\nCLASS=user\n");
  host_.with_file("/run/systemd/sessions/c1", "UID=110\nSTATE=active\nCLASS=greeter\n");
  EXPECT_EQ(number(rows(*provider_).at(0), "NumberOfUsers"), 1U);
}

TEST(OperatingSystemProvider, AgreesWithProcOnTheLiveMachine) {
  const LinuxHost host;
  const auto provider = make_operating_system(host);
  const auto seen = rows(*provider);
  const auto up = std::stod(testing::command_output("cat /proc/uptime"));
  EXPECT_NEAR(static_cast<double>(number(seen.at(0), "SystemUpTime")), up, 5);
  const auto count = std::stod(testing::command_output("ls -d /proc/[0-9]* | wc -l"));
  EXPECT_NEAR(static_cast<double>(number(seen.at(0), "NumberOfProcesses")), count, 50 + count / 2);
  const auto total = testing::table(testing::command_output("grep MemTotal /proc/meminfo"));
  EXPECT_EQ(std::to_string(number(seen.at(0), "TotalVisibleMemorySize")), total.at(0).at(1));
}

}  // namespace
}  // namespace muster
