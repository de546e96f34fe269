// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>

#include <gtest/gtest.h>

#include "core/base/linux_host.h"
#include "providers/registry.gen.h"
#include "tests/fakes/command_output.h"
#include "tests/fakes/crowded_host.h"
#include "tests/fakes/fake_host.h"
#include "tests/fakes/rows.h"

namespace muster {
namespace {

using testing::FakeHost;
using testing::named;
using testing::number;
using testing::rows;
using testing::text;

FileSystemUsage usage(std::uint64_t size_mb, std::uint64_t used_mb, std::uint64_t reserved_mb) {
  return {.block_bytes = 4096,
          .size_bytes = size_mb << 20,
          .free_bytes = (size_mb - used_mb) << 20,
          .available_bytes = (size_mb - used_mb - reserved_mb) << 20,
          .inodes = 1000,
          .free_inodes = 955,
          .max_name_bytes = 255,
          .read_only = false};
}

class FileSystemStatisticsTest : public ::testing::Test {
 protected:
  FileSystemStatisticsTest() {
    host_.with_file("/proc/1/mountinfo",
                    "27 1 254:1 / / rw - ext4 /dev/vda1 rw\n"
                    "28 27 0:44 /@data /data rw - btrfs /dev/mapper/vg-data rw\n");
    host_.with_link("/dev/mapper/vg-data", "../dm-3");
    host_.with_usage("/", usage(1000, 301, 50)).with_usage("/data", usage(3000, 0, 0));
  }

  void read_disks(std::uint64_t n) {
    const auto line = [n](std::uint64_t reads, std::uint64_t writes) {
      return std::to_string(reads * n) + " 0 " + std::to_string(reads * n * 8) + " 0 " +
             std::to_string(writes * n) + " 0 " + std::to_string(writes * n * 2) + " 0 0 0 0\n";
    };
    host_.with_file("/proc/diskstats", "254 1 vda1 " + line(150, 15) + "253 3 dm-3 " + line(30, 0));
    provider_->sample();
    host_.advance(std::chrono::seconds(15));
  }

  FakeHost host_;
  std::unique_ptr<Provider> provider_ = make_file_system_statistics(host_);
};

TEST_F(FileSystemStatisticsTest, CountsAsDfDoes) {
  const auto seen = rows(*provider_);
  ASSERT_EQ(seen.size(), 3U);
  const auto& root = named(seen, "/");
  EXPECT_EQ(number(root, "UsedMegabytes"), 301U);
  EXPECT_EQ(number(root, "FreeMegabytes"), 649U);
  EXPECT_EQ(number(root, "PercentUsedSpace"), 32U);  // 301 / 950 is 31.7
  EXPECT_EQ(number(root, "PercentFreeSpace"), 68U);
  EXPECT_EQ(number(root, "PercentUsedInodes"), 5U);  // 4.5
  EXPECT_EQ(number(named(seen, "/data"), "PercentUsedSpace"), 0U);
}

TEST_F(FileSystemStatisticsTest, SumsUpInTotal) {
  const auto seen = rows(*provider_);
  EXPECT_EQ(text(seen.back(), "Name"), "_Total");
  EXPECT_TRUE(std::get<bool>(seen.back().value("IsAggregate")));
  EXPECT_EQ(number(seen.back(), "FreeMegabytes"), 649U + 3000U);
  EXPECT_EQ(number(seen.back(), "UsedMegabytes"), 301U);
  EXPECT_EQ(number(seen.back(), "PercentUsedSpace"), 8U);  // 301 / 3950 is 7.6
}

TEST_F(FileSystemStatisticsTest, MeasuresTheDeviceBelow) {
  for (std::uint64_t n = 1; n <= 6; ++n) read_disks(n);
  const auto seen = rows(*provider_);
  const auto& root = named(seen, "/");
  EXPECT_EQ(number(root, "ReadsPerSecond"), 10U);
  EXPECT_EQ(number(root, "ReadBytesPerSecond"), 10U * 8 * 512);
  EXPECT_EQ(number(root, "WritesPerSecond"), 1U);
  EXPECT_EQ(number(root, "WriteBytesPerSecond"), 2U * 512);
  EXPECT_EQ(number(root, "TransfersPerSecond"), 11U);
  EXPECT_EQ(number(root, "BytesPerSecond"), 82U * 512);
  EXPECT_EQ(number(named(seen, "/data"), "ReadsPerSecond"), 2U);
  EXPECT_EQ(number(seen.back(), "ReadsPerSecond"), 12U);
}

TEST_F(FileSystemStatisticsTest, ReportsZeroAfterCountersWereReset) {
  read_disks(100);
  read_disks(1);
  EXPECT_EQ(number(rows(*provider_).back(), "BytesPerSecond"), 0U);
}

TEST(FileSystemStatisticsProvider, NeverAsksADeadServer) {
  const auto host = testing::host_with_many_mounts();
  const auto provider = make_file_system_statistics(host);
  const auto seen = rows(*provider);
  EXPECT_EQ(seen.size(), testing::kCrowdedMounts / 5 + 1);  // with "/" and "_Total"
  EXPECT_EQ(host.usages_asked(), testing::kCrowdedMounts / 5);
}

TEST(FileSystemStatisticsProvider, AgreesWithDf) {
  const LinuxHost host;
  const auto provider = make_file_system_statistics(host);
  const auto seen = rows(*provider);
  ASSERT_GE(seen.size(), 2U);
  for (const auto& row : seen) {
    if (text(row, "Name") == "_Total") continue;
    const auto lines = testing::table(testing::command_output(
        "LC_ALL=C df --block-size=1M --output=size,used,avail,pcent '" + text(row, "Name") + "'"));
    ASSERT_EQ(lines.size(), 2U) << text(row, "Name");
    const auto tolerance = 2 + std::stod(lines[1].at(0)) / 50;
    EXPECT_NEAR(static_cast<double>(number(row, "UsedMegabytes")), std::stod(lines[1].at(1)), tolerance);
    EXPECT_NEAR(static_cast<double>(number(row, "FreeMegabytes")), std::stod(lines[1].at(2)), tolerance);
    EXPECT_NEAR(static_cast<double>(number(row, "PercentUsedSpace")), std::stod(lines[1].at(3)), 2);
  }
}

}  // namespace
}  // namespace muster
