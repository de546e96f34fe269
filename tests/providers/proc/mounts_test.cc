// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/mounts.h"

#include <gtest/gtest.h>

namespace muster::proc {
namespace {

std::vector<Mount> parse(std::string_view mountinfo) {
  return parse_mounts(mountinfo, View::machine);
}

std::vector<std::string> watched(std::string_view mountinfo) {
  std::vector<std::string> points;
  for (const auto& mount : watched_mounts(parse(mountinfo))) points.push_back(mount.point);
  return points;
}

using Points = std::vector<std::string>;

TEST(Mounts, ParsesEveryField) {
  const auto mounts =
      parse("36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue\n");
  ASSERT_EQ(mounts.size(), 1U);
  EXPECT_EQ(mounts[0].device, (Device{98, 0}));
  EXPECT_EQ(mounts[0].root, "/mnt1");
  EXPECT_EQ(mounts[0].point, "/mnt 2");
  EXPECT_EQ(mounts[0].type, "ext3");
  EXPECT_EQ(mounts[0].source, "/dev/root");
  EXPECT_FALSE(mounts[0].read_only);
}

TEST(Mounts, SkipsLinesThatAreNone) {
  for (const auto* text : {"", "\n\n", "nonsense", "36 35 98:0 / /mnt rw", "36 35 98:0 / /mnt rw - ",
                           "36 35 98:0 / /mnt rw - ext3", "36 35 98 / /mnt rw - ext3 /dev/x rw",
                           "36 35 a:b / /mnt rw - ext3 /dev/x rw", " - a b c"}) {
    EXPECT_TRUE(parse(text).empty()) << text;
  }
}

TEST(Mounts, KeepsBackslashesThatEscapeNothing) {
  EXPECT_EQ(parse("1 2 8:1 / /a\\9\\134b\\04 rw - ext4 /dev/sda1 rw").at(0).point, "/a\\9\\b\\04");
}

TEST(Mounts, IsReadOnlyByTheMountOrByTheFileSystem) {
  EXPECT_TRUE(parse("1 2 8:1 / /a ro - ext4 /dev/sda1 rw").at(0).read_only);
  EXPECT_TRUE(parse("1 2 8:1 / /a rw - ext4 /dev/sda1 ro,data=ordered").at(0).read_only);
  EXPECT_FALSE(parse("1 2 8:1 / /a rw,root - ext4 /dev/sda1 rw").at(0).read_only);
}

TEST(Mounts, OurOwnViewTellsNothingByTheMount) {
  EXPECT_FALSE(parse_mounts("1 2 8:1 / /a ro - ext4 /dev/sda1 rw", View::own).at(0).read_only);
  EXPECT_TRUE(parse_mounts("1 2 8:1 / /a ro - ext4 /dev/sda1 ro", View::own).at(0).read_only);
}

TEST(Mounts, WatchesDisksAndNothingThatMayHang) {
  struct Case {
    const char* device;
    const char* type;
    bool watched;
  };
  const Case cases[] = {
      {"8:1", "ext4", true},      {"253:0", "xfs", true},        {"0:44", "btrfs", true},
      {"0:45", "zfs", true},      {"8:17", "fuseblk", true},     {"8:2", "vfat", true},
      {"0:50", "nfs", false},     {"0:50", "nfs4", false},       {"0:51", "cifs", false},
      {"0:51", "smb3", false},    {"0:52", "fuse.sshfs", false}, {"0:52", "fuse", false},
      {"0:53", "ceph", false},    {"0:54", "9p", false},         {"0:55", "tmpfs", false},
      {"0:5", "devtmpfs", false}, {"0:4", "proc", false},        {"0:3", "autofs", false},
      {"7:0", "squashfs", false}, {"11:0", "iso9660", false},    {"0:60", "overlay", false},
      {"8:3", "ocfs2", false},
  };
  for (const auto& each : cases) {
    const auto line = std::string("1 2 ") + each.device + " / /mnt rw - " + each.type + " /dev/x rw\n";
    EXPECT_EQ(!watched(line).empty(), each.watched) << each.type;
  }
}

TEST(Mounts, NamesEachFileSystemOnce) {
  EXPECT_EQ(watched("1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
                    "2 1 8:1 /srv/a /a rw - ext4 /dev/sda1 rw\n"
                    "3 1 8:2 /x /b/c/d rw - ext4 /dev/sda2 rw\n"
                    "4 1 8:2 / /b/c/d/whole rw - ext4 /dev/sda2 rw\n"
                    "5 1 8:3 /x /long/path rw - ext4 /dev/sda3 rw\n"
                    "6 1 8:3 /y /short rw - ext4 /dev/sda3 rw\n"),
            (Points{"/", "/b/c/d/whole", "/short"}));
}

TEST(Mounts, ALaterMountHidesAnEarlierOneAtTheSamePoint) {
  EXPECT_EQ(watched("1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
                    "2 1 8:2 / /data rw - ext4 /dev/sda2 rw\n"
                    "3 1 0:50 / /data rw - nfs4 filer:/data rw\n"),
            Points{"/"});
}

TEST(Mounts, InAContainerWatchesTheRootAndVolumesButNoSingleFiles) {
  EXPECT_EQ(watched("1 0 0:90 / / rw - overlay overlay rw\n"
                    "2 1 254:1 /containers/hosts /etc/hosts rw - ext4 /dev/vda1 rw\n"
                    "3 1 254:1 /volumes/db /data rw - ext4 /dev/vda1 rw\n"),
            (Points{"/", "/data"}));
}

}  // namespace
}  // namespace muster::proc
