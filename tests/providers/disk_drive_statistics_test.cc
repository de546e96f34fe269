// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>

#include <gtest/gtest.h>

#include "providers/registry.gen.h"
#include "tests/fakes/fake_host.h"
#include "tests/fakes/rows.h"

namespace muster {
namespace {

using testing::FakeHost;
using testing::named;
using testing::number;
using testing::rows;

double real(const cim::Instance& row, std::string_view property) {
  return std::get<double>(row.value(property));
}

class DiskDriveStatisticsTest : public ::testing::Test {
 protected:
  DiskDriveStatisticsTest() {
    for (const auto* disk : {"sda", "sdb"}) {
      host_.with_file(std::string("/sys/block/") + disk + "/size", "8\n");
      host_.with_file(std::string("/sys/block/") + disk + "/device/uevent", "");
    }
  }

  // Each reading 15 s later; n-fold what one interval brings.
  void read(std::uint64_t n) {
    const auto of = [n](std::uint64_t each) { return std::to_string(each * n) + " "; };
    host_.with_file("/proc/diskstats", "8 0 sda " + of(150) + "0 " + of(1200) + of(300) + of(30) + "0 " +
                                           of(60) + of(1500) + "7 " + of(7500) + of(30000) + "\n8 1 sda1 " +
                                           of(150) + "0 1 1 1 1 1 1 1 1 1\n" + "8 16 sdb " + of(15) +
                                           "0 0 0 0 0 0 0 0 0 0\n");
    provider_->sample();
    host_.advance(std::chrono::seconds(15));
  }

  FakeHost host_;
  std::unique_ptr<Provider> provider_ = make_disk_drive_statistics(host_);
};

TEST_F(DiskDriveStatisticsTest, AveragesTheLastMinute) {
  for (std::uint64_t n = 1; n <= 6; ++n) read(n);
  const auto seen = rows(*provider_);
  ASSERT_EQ(seen.size(), 3U);
  const auto& sda = named(seen, "sda");
  EXPECT_EQ(number(sda, "ReadsPerSecond"), 10U);
  EXPECT_EQ(number(sda, "WritesPerSecond"), 2U);
  EXPECT_EQ(number(sda, "TransfersPerSecond"), 12U);
  EXPECT_EQ(number(sda, "ReadBytesPerSecond"), 80U * 512);
  EXPECT_EQ(number(sda, "WriteBytesPerSecond"), 4U * 512);
  EXPECT_EQ(number(sda, "BytesPerSecond"), 84U * 512);
  EXPECT_EQ(number(sda, "PercentBusyTime"), 50U);
  EXPECT_EQ(number(sda, "PercentIdleTime"), 50U);
  EXPECT_DOUBLE_EQ(real(sda, "AverageReadTime"), 0.002);
  EXPECT_DOUBLE_EQ(real(sda, "AverageWriteTime"), 0.05);
  EXPECT_DOUBLE_EQ(real(sda, "AverageTransferTime"), 0.01);
  EXPECT_DOUBLE_EQ(real(sda, "AverageDiskQueueLength"), 2.0);
}

TEST_F(DiskDriveStatisticsTest, SumsUpDisksNotPartitions) {
  read(1);
  read(2);
  const auto seen = rows(*provider_);
  const auto& total = named(seen, "_Total");
  EXPECT_TRUE(std::get<bool>(total.value("IsAggregate")));
  EXPECT_EQ(number(total, "ReadsPerSecond"), 11U);
  EXPECT_EQ(number(total, "PercentBusyTime"), 50U);  // the busiest, not the sum
}

TEST_F(DiskDriveStatisticsTest, IsZeroBeforeTwoReadingsAndAfterAReset) {
  read(100);
  EXPECT_EQ(number(named(rows(*provider_), "sda"), "BytesPerSecond"), 0U);
  read(1);
  const auto seen = rows(*provider_);
  EXPECT_EQ(number(named(seen, "sda"), "BytesPerSecond"), 0U);
  EXPECT_DOUBLE_EQ(real(named(seen, "sda"), "AverageReadTime"), 0.0);
}

}  // namespace
}  // namespace muster
