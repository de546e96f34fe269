// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/duration.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace muster::wsman {
namespace {

TEST(Duration, ReadsEveryForm) {
  const std::vector<std::pair<std::string, long long>> cases = {
      {"PT60S", 60000},
      {"PT60.000000S", 60000},
      {"PT0.5S", 500},
      {"PT1M", 60000},
      {"PT1H2M3S", 3723000},
      {"P1D", 86400000},
      {"P1DT1S", 86401000},
      {"P1M", 2592000000},
      {"P1Y", 31536000000},
      {"-PT1S", -1000},
      {"PT0S", 0},
      {"PT1.9999S", 1999},
      {"PT99999999999999999999999S", 3153600000000},
      {"P999999999999Y", 3153600000000},
  };
  for (const auto& [text, ms] : cases) {
    const auto duration = parse_duration(text);
    ASSERT_TRUE(duration) << text;
    EXPECT_EQ(duration->count(), ms) << text;
  }
}

TEST(Duration, RefusesTheRest) {
  for (const std::string text : {"",
                                 "P",
                                 "PT",
                                 "P1DT",
                                 "60",
                                 "PT60",
                                 "60S",
                                 "T1S",
                                 "P1S",
                                 "PT1D",
                                 "PT1.S",
                                 "PT.5S",
                                 "PT1.5M",
                                 "PT1S1M",
                                 "P1D1D",
                                 "PTT1S",
                                 "P T1S",
                                 "+PT1S",
                                 "--PT1S",
                                 "PT-1S",
                                 "pt1s",
                                 "PT1S ",
                                 "2026-11-20T00:00:00Z"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, WritesSeconds) {
  EXPECT_EQ(format_duration(std::chrono::seconds(90)), "PT90S");
}

}  // namespace
}  // namespace muster::wsman
