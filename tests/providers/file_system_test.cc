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

constexpr FileSystemUsage kUsage{.block_bytes = 4096,
                                 .size_bytes = 1000 << 20,
                                 .free_bytes = 400 << 20,
                                 .available_bytes = 350 << 20,
                                 .inodes = 1000,
                                 .free_inodes = 900,
                                 .max_name_bytes = 255,
                                 .read_only = false};

constexpr char kMounts[] =
    "22 27 0:21 / /proc rw - proc proc rw\n"
    "27 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw\n"
    "28 27 254:2 / /boot ro,relatime shared:3 - ext2 /dev/vda2 rw\n"
    "29 27 0:50 / /net rw - nfs4 filer:/export rw\n";

TEST(FileSystemProvider, ReportsSizesAndOptions) {
  FakeHost host;
  host.with_file("/proc/1/mountinfo", kMounts).with_usage("/", kUsage).with_usage("/boot", kUsage);
  const auto provider = make_file_system(host);
  const auto seen = rows(*provider);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(text(seen[0], "Name"), "/");
  EXPECT_EQ(text(seen[0], "FileSystemType"), "ext4");
  EXPECT_EQ(number(seen[0], "FileSystemSize"), 1000U << 20);
  EXPECT_EQ(number(seen[0], "AvailableSpace"), 350U << 20);
  EXPECT_EQ(number(seen[0], "NumberOfFiles"), 100U);
  EXPECT_FALSE(std::get<bool>(seen[0].value("ReadOnly")));
  EXPECT_TRUE(std::get<bool>(testing::named(seen, "/boot").value("ReadOnly")));
}

TEST(FileSystemProvider, NeverAsksTheNetwork) {
  FakeHost host;
  host.with_file("/proc/1/mountinfo", kMounts).with_usage("/", kUsage).with_usage("/boot", kUsage);
  rows(*make_file_system(host));
  rows(*make_file_system_statistics(host));
  EXPECT_EQ(host.usages_asked(), 4U);  // two file systems, two providers
}

TEST(FileSystemProvider, HasNoFiguresForWhatDoesNotAnswer) {
  FakeHost host;
  host.with_file("/proc/1/mountinfo", kMounts).with_usage("/", kUsage);
  const auto provider = make_file_system(host);
  const auto seen = rows(*provider);
  const auto& boot = testing::named(seen, "/boot");
  EXPECT_FALSE(std::get<bool>(boot.value("IsOnline")));
  EXPECT_TRUE(testing::is_null(boot, "FileSystemSize"));
}

TEST(FileSystemProvider, FallsBackToItsOwnViewWhereProcessOneIsHidden) {
  FakeHost host;
  host.with_file("/proc/self/mountinfo", kMounts).with_usage("/", kUsage);
  const auto provider = make_file_system(host);
  EXPECT_EQ(rows(*provider).size(), 2U);
}

TEST(FileSystemProvider, LeavesOutWhatItsUserMayNotReach) {
  FakeHost host;
  host.with_file("/proc/1/mountinfo", kMounts).with_usage("/", kUsage).with_closed("/boot");
  const auto file_systems = make_file_system(host);
  const auto sizes = rows(*file_systems);
  ASSERT_EQ(sizes.size(), 1U);
  EXPECT_EQ(text(sizes[0], "Name"), "/");
  const auto traffic = make_file_system_statistics(host);
  const auto statistics = rows(*traffic);
  ASSERT_EQ(statistics.size(), 2U);
  EXPECT_EQ(text(statistics[0], "Name"), "/");
  EXPECT_EQ(text(statistics[1], "Name"), "_Total");
}

TEST(FileSystemProvider, DoesNotTakeItsOwnConfinementForReadOnlyDisks) {
  constexpr char kConfined[] =
      "27 1 254:1 / / ro,relatime - ext4 /dev/vda1 rw\n"
      "28 27 254:2 / /boot ro,relatime - ext2 /dev/vda2 ro\n";
  FakeHost host;
  host.with_file("/proc/self/mountinfo", kConfined).with_usage("/", kUsage).with_usage("/boot", kUsage);
  const auto provider = make_file_system(host);
  const auto seen = rows(*provider);
  EXPECT_FALSE(std::get<bool>(testing::named(seen, "/").value("ReadOnly")));
  EXPECT_TRUE(std::get<bool>(testing::named(seen, "/boot").value("ReadOnly")));
}

TEST(FileSystemProvider, AgreesWithDf) {
  const LinuxHost host;
  const auto provider = make_file_system(host);
  const auto seen = rows(*provider);
  ASSERT_FALSE(seen.empty());
  for (const auto& row : seen) {
    const auto lines = testing::table(testing::command_output(
        "LC_ALL=C df --block-size=1 --output=size,avail,itotal,iavail '" + text(row, "Name") + "'"));
    ASSERT_EQ(lines.size(), 2U) << text(row, "Name");
    const auto size = std::stod(lines[1].at(0));
    EXPECT_EQ(static_cast<double>(number(row, "FileSystemSize")), size);
    EXPECT_NEAR(static_cast<double>(number(row, "AvailableSpace")), std::stod(lines[1].at(1)), size / 50);
    EXPECT_EQ(std::to_string(number(row, "TotalInodes")), lines[1].at(2) == "-" ? "0" : lines[1].at(2));
  }
}

TEST(FileSystemProvider, WhatIsNotListedCountsAsRemoved) {
  FakeHost host;
  host.with_file("/proc/1/mountinfo", kMounts).with_usage("/", kUsage).with_usage("/boot", kUsage);
  const auto provider = make_file_system(host);
  const auto removed = [&](const std::string& name) {
    const auto answer = provider->invoke({"SCX_FileSystem", "RemoveByName", {}, {{"Name", {name}}}});
    return answer ? cim::text_of(*answer, "ReturnValue") : answer.error().what;
  };
  EXPECT_EQ(removed("/boot"), "FALSE");
  EXPECT_EQ(removed("/gone"), "TRUE");
  EXPECT_FALSE(make_file_system(FakeHost())->invoke({"SCX_FileSystem", "RemoveByName", {}, {}}).has_value());
}

}  // namespace
}  // namespace muster
