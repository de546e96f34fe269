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

FakeHost& with_disk(FakeHost& host, const std::string& name, const std::string& sectors) {
  const auto folder = "/sys/block/" + name;
  return host.with_file(folder + "/size", sectors + "\n").with_file(folder + "/device/uevent", "");
}

TEST(DiskDriveProvider, ListsWholeDisksOnly) {
  FakeHost host;
  with_disk(with_disk(with_disk(host, "sdb", "100"), "sda", "200"), "sr0", "300");
  with_disk(with_disk(host, "sdc", "0"), "nvme0c0n1", "400").with_file("/sys/block/nvme0c0n1/hidden", "1\n");
  host.with_file("/sys/block/dm-0/size", "500\n").with_file("/sys/block/loop0/size", "600\n");
  const auto provider = make_disk_drive(host);
  const auto seen = rows(*provider);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(text(seen[0], "DeviceID"), "sda");
  EXPECT_EQ(text(seen[1], "DeviceID"), "sdb");
}

TEST(DiskDriveProvider, StatesSizeKindAndMaker) {
  FakeHost host;
  with_disk(with_disk(host, "sda", "2048"), "vda", "16");
  host.with_file("/sys/block/sda/device/vendor", "ATA     \n")
      .with_file("/sys/block/sda/device/model", "Samsung SSD 870 \n")
      .with_file("/sys/block/sda/queue/logical_block_size", "4096\n")
      .with_file("/sys/block/vda/device/vendor", "0x1af4\n");
  const auto provider = make_disk_drive(host);
  const auto seen = rows(*provider);
  const auto& sda = named(seen, "sda");
  EXPECT_EQ(number(sda, "MaxMediaSize"), 1048576U);
  EXPECT_EQ(number(sda, "TotalSectors"), 2048U);
  EXPECT_EQ(number(sda, "DefaultBlockSize"), 4096U);
  EXPECT_EQ(text(sda, "InterfaceType"), "SCSI");
  EXPECT_EQ(text(sda, "Manufacturer"), "ATA");
  EXPECT_EQ(text(sda, "Model"), "Samsung SSD 870");
  const auto& vda = named(seen, "vda");
  EXPECT_EQ(text(vda, "InterfaceType"), "Virtio");
  EXPECT_TRUE(is_null(vda, "Manufacturer"));
  EXPECT_TRUE(is_null(vda, "DefaultBlockSize"));
}

}  // namespace
}  // namespace muster
