// SPDX-License-Identifier: GPL-2.0-or-later
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

constexpr char kMeminfo[] =
    "MemTotal:        4194304 kB\n"
    "MemFree:          524288 kB\n"
    "MemAvailable:    1048576 kB\n"
    "Buffers:          131072 kB\n"
    "Cached:           393216 kB\n"
    "SwapCached:            0 kB\n"
    "Shmem:             65536 kB\n"
    "SReclaimable:      65536 kB\n"
    "SwapTotal:       2097152 kB\n"
    "SwapFree:        1572864 kB\n";

TEST(MemoryProvider, ReportsMebibytesAndWholePercent) {
  const auto host = FakeHost().with_file("/proc/meminfo", kMeminfo);
  const auto memory = make_memory(host);
  const auto seen = rows(*memory);
  ASSERT_EQ(seen.size(), 1U);
  const std::pair<const char*, std::uint64_t> expected[] = {
      {"AvailableMemory", 1024}, {"PercentAvailableMemory", 25}, {"UsedMemory", 3072},
      {"PercentUsedMemory", 75}, {"PercentUsedByCache", 14},     {"AvailableSwap", 1536},
      {"UsedSwap", 512},         {"PercentUsedSwap", 25},        {"PercentAvailableSwap", 75},
  };
  for (const auto& [name, value] : expected) EXPECT_EQ(number(seen[0], name), value) << name;
}

TEST(MemoryProvider, HasNoPercentOfSwapThatIsNotThere) {
  const auto host = FakeHost().with_file("/proc/meminfo", "MemTotal: 1024 kB\nMemAvailable: 512 kB\n");
  const auto memory = make_memory(host);
  const auto seen = rows(*memory);
  for (const auto* name : {"AvailableSwap", "PercentAvailableSwap", "UsedSwap", "PercentUsedSwap"}) {
    EXPECT_EQ(number(seen.at(0), name), 0U) << name;
  }
}

TEST(MemoryProvider, AveragesPagingOverTheLastMinute) {
  FakeHost host;
  host.with_file("/proc/meminfo", kMeminfo);
  const auto memory = make_memory(host);
  // One reading each 15 s: 6 of them, the first is forgotten. 4 KiB pages.
  for (int i = 0; i < 6; ++i) {
    host.with_file("/proc/vmstat",
                   "pgpgin " + std::to_string(i * 2400) + "\npgpgout " + std::to_string(i * i * 1200) + "\n");
    memory->sample();
    host.advance(memory->sampling_interval());
  }
  const auto seen = rows(*memory);
  EXPECT_EQ(number(seen.at(0), "PagesReadPerSec"), 4 * 2400U / 4 / 60);
  EXPECT_EQ(number(seen.at(0), "PagesWrittenPerSec"), (25 - 1) * 1200U / 4 / 60);
  EXPECT_EQ(number(seen.at(0), "PagesPerSec"), 40U + 120U);
}

TEST(MemoryProvider, ReportsNoPagingBeforeTwoReadings) {
  FakeHost host;
  host.with_file("/proc/meminfo", kMeminfo).with_file("/proc/vmstat", "pgpgin 99999\npgpgout 99999\n");
  const auto memory = make_memory(host);
  EXPECT_EQ(number(rows(*memory).at(0), "PagesPerSec"), 0U);
  memory->sample();
  EXPECT_EQ(number(rows(*memory).at(0), "PagesPerSec"), 0U);
}

TEST(MemoryProvider, NamesTheFileWhenItIsMissing) {
  const FakeHost host;
  const auto done = make_memory(host)->enumerate([](const cim::Instance&) { FAIL(); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::not_found);
  EXPECT_NE(done.error().what.find("/proc/meminfo"), std::string::npos);
}

TEST(MemoryProvider, AgreesWithFree) {
  const LinuxHost host;
  const auto memory = make_memory(host);
  const auto seen = rows(*memory);
  const auto table = testing::table(testing::command_output("LC_ALL=C free -m"));
  ASSERT_GE(table.size(), 3U) << "free(1) printed nothing";
  const auto total = std::stod(table[1].at(1));
  const auto available = std::stod(table[1].at(6));
  EXPECT_NEAR(static_cast<double>(number(seen.at(0), "AvailableMemory")), available, total / 50);
  EXPECT_NEAR(static_cast<double>(number(seen.at(0), "AvailableMemory") + number(seen.at(0), "UsedMemory")),
              total, 2);
  EXPECT_NEAR(static_cast<double>(number(seen.at(0), "UsedSwap")), std::stod(table[2].at(2)), total / 50);
}

}  // namespace
}  // namespace muster
