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
using testing::text;

constexpr const char* kPercentages[] = {"PercentIdleTime",       "PercentUserTime",      "PercentNiceTime",
                                        "PercentPrivilegedTime", "PercentInterruptTime", "PercentDPCTime",
                                        "PercentProcessorTime",  "PercentIOWaitTime"};

class ProcessorTest : public ::testing::Test {
 protected:
  // The text of a reading: lines of "cpuN user nice system idle iowait irq softirq steal".
  void read(const std::string& lines) {
    host_.with_file("/proc/stat",
                    "cpu  1 1 1 1 1 1 1 1 0 0\n" + lines + "intr 12345 0 0\nbtime 1795160000\n");
    provider_->sample();
    host_.advance(std::chrono::seconds(15));
  }

  FakeHost host_;
  std::unique_ptr<Provider> provider_ = make_processor(host_);
};

TEST_F(ProcessorTest, SplitsTheTimeBetweenReadings) {
  read("cpu0 0 0 0 0 0 0 0 0 0 0\ncpu1 100 0 0 0 0 0 0 0 0 0\n");
  read("cpu0 200 100 150 400 50 20 30 50 0 0\ncpu1 100 0 0 1000 0 0 0 0 0 0\n");
  const auto seen = rows(*provider_);
  const auto& busy = named(seen, "0");
  const std::uint64_t expected[] = {40, 20, 10, 15, 2, 3, 55, 5};
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(number(busy, kPercentages[i]), expected[i]) << kPercentages[i];
  }
  EXPECT_EQ(number(named(seen, "1"), "PercentIdleTime"), 100U);
  EXPECT_EQ(number(named(seen, "1"), "PercentProcessorTime"), 0U);
  EXPECT_EQ(number(named(seen, "_Total"), "PercentIdleTime"), 70U);
  EXPECT_EQ(number(named(seen, "_Total"), "PercentProcessorTime"), 28U);  // 27.5
}

TEST_F(ProcessorTest, BusyIdleAndWaitingMakeAboutAHundred) {
  read("cpu0 10 20 30 40 50 60 70 80 0 0\n");
  read("cpu0 1013 1027 1039 1041 1057 1067 1079 1087 0 0\n");
  const auto seen = rows(*provider_);
  for (const auto& row : seen) {
    const auto sum = number(row, "PercentIdleTime") + number(row, "PercentProcessorTime") +
                     number(row, "PercentIOWaitTime");
    EXPECT_NEAR(static_cast<double>(sum), 100, 1) << text(row, "Name");
  }
}

TEST_F(ProcessorTest, ReportsZeroUntilThereAreTwoReadings) {
  read("cpu0 100 0 0 100 0 0 0 0 0 0\n");
  const auto seen = rows(*provider_);
  ASSERT_EQ(seen.size(), 2U);
  for (const auto& row : seen) {
    for (const auto* name : kPercentages) EXPECT_EQ(number(row, name), 0U) << name;
  }
}

TEST_F(ProcessorTest, AveragesTheLastMinuteAndForgetsWhatWasBefore) {
  read("cpu0 0 0 0 0 0 0 0 0 0 0\n");
  read("cpu0 0 0 0 1500 0 0 0 0 0 0\n");
  for (int i = 1; i <= 4; ++i) read("cpu0 " + std::to_string(i * 1500) + " 0 0 1500 0 0 0 0 0 0\n");
  EXPECT_EQ(number(rows(*provider_).at(0), "PercentUserTime"), 100U);
  read("cpu0 6000 0 0 3000 0 0 0 0 0 0\n");
  EXPECT_EQ(number(rows(*provider_).at(0), "PercentUserTime"), 75U);
}

TEST_F(ProcessorTest, TakesProcessorsThatComeAndGo) {
  read("cpu0 0 0 0 0 0 0 0 0\ncpu1 0 0 0 0 0 0 0 0\n");
  read("cpu0 100 0 0 0 0 0 0 0\ncpu3 100 0 0 0 0 0 0 0\n");
  const auto seen = rows(*provider_);
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(number(named(seen, "0"), "PercentUserTime"), 100U);
  EXPECT_EQ(number(named(seen, "3"), "PercentUserTime"), 0U);  // not there all the time
  EXPECT_EQ(number(named(seen, "_Total"), "PercentUserTime"), 100U);
}

TEST_F(ProcessorTest, CountersThatGoBackwardsGrewByNothing) {
  read("cpu0 100 0 0 500 90 0 0 0\n");
  read("cpu0 200 0 0 600 80 0 0 0\n");
  const auto seen = rows(*provider_);
  EXPECT_EQ(number(seen.at(0), "PercentUserTime"), 50U);
  EXPECT_EQ(number(seen.at(0), "PercentIdleTime"), 50U);
  EXPECT_EQ(number(seen.at(0), "PercentIOWaitTime"), 0U);
}

}  // namespace
}  // namespace muster
