// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/time_text.h"

#include <gtest/gtest.h>

namespace muster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(TimeText, times_are_utc_and_the_epoch_is_never) {
  EXPECT_EQ(iso8601(std::chrono::system_clock::time_point(seconds(1'795'166'096))), "2026-11-20T09:14:56Z");
  EXPECT_EQ(iso8601({}), "");
}

TEST(TimeText, durations_have_their_two_largest_units) {
  struct Case {
    int seconds;
    const char* text;
  };
  constexpr Case kCases[] = {{-5, "0 s"},    {0, "0 s"},           {12, "12 s"},
                             {60, "1 m"},    {185, "3 m 5 s"},     {7800, "2 h 10 m"},
                             {86400, "1 d"}, {356'400, "4 d 3 h"}, {3601, "1 h"}};
  for (const auto& one : kCases) EXPECT_EQ(duration_text(seconds(one.seconds)), one.text);
}

TEST(TimeText, short_work_is_told_in_hundredths) {
  EXPECT_EQ(took_text(milliseconds(0)), "0.00 s");
  EXPECT_EQ(took_text(milliseconds(1234)), "1.23 s");
  EXPECT_EQ(took_text(milliseconds(9996)), "10.00 s");
  EXPECT_EQ(took_text(milliseconds(61'000)), "1 m 1 s");
}

}  // namespace
}  // namespace muster
