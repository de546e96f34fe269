// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/datetime.h"

#include <gtest/gtest.h>

namespace muster::cim {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

TEST(Datetime, IsReadInEverySpelling) {
  constexpr auto kMoment = Datetime::Kind::moment;
  constexpr auto kSpan = Datetime::Kind::span;
  struct Case {
    std::string_view text;
    Datetime::Kind kind;
    std::int64_t microseconds;
  };
  const std::int64_t moment = 1795166096 * kSecond + 882936;  // 2026-11-20T09:14:56.882936Z
  const Case cases[] = {
      {"2026-11-20T09:14:56.882936Z", kMoment, moment},
      {"2026-11-20T09:14:56.8829369Z", kMoment, moment},
      {"2026-11-20T10:14:56.882936+01:00", kMoment, moment},
      {"2026-11-20T04:44:56.882936-04:30", kMoment, moment},
      {"2026-11-20T09:14:56.882936", kMoment, moment},
      {"20261120091456.882936+000", kMoment, moment},
      {"20261120101456.882936+060", kMoment, moment},
      {"20261120041456.882936-300", kMoment, moment},
      {"1970-01-01", kMoment, 0},
      {"1969-12-31T23:59:59Z", kMoment, -kSecond},
      {"2024-02-29T00:00:00Z", kMoment, 1709164800 * kSecond},
      {"P1DT13H", kSpan, std::int64_t{37} * 3600 * kSecond},
      {"P2000D", kSpan, std::int64_t{2000} * 86400 * kSecond},
      {"PT1H2M3.5S", kSpan, 3723 * kSecond + 500000},
      {"PT0S", kSpan, 0},
      {"00000001132312.125000:000", kSpan, (86400 + 13 * 3600 + 23 * 60 + 12) * kSecond + 125000},
  };
  for (const auto& [text, kind, microseconds] : cases) {
    const auto datetime = parse_datetime(text);
    ASSERT_TRUE(datetime) << text;
    EXPECT_EQ(datetime->kind, kind) << text;
    EXPECT_EQ(datetime->microseconds, microseconds) << text;
  }
}

TEST(Datetime, RefusesWhatIsNone) {
  for (const auto* text : {"",
                           "x",
                           "2026",
                           "2026-11-20T",
                           "2026-11-20T09:14Z",
                           "2026-02-29",
                           "2026-13-01",
                           "2026-11-31",
                           "2026-11-20T24:00:00Z",
                           "2026-11-20T09:60:00Z",
                           "2026-11-20T09:14:56.Z",
                           "2026-11-20T09:14:56+1",
                           "2026-11-20T09:14:56Zx",
                           "20261120091456.882936",
                           "20261120091456.******+000",
                           "20261320091456.882936+000",
                           "P",
                           "PT",
                           "P1",
                           "P1Y",
                           "P1M",
                           "P1DT",
                           "PT1S1M",
                           "PT1.5M",
                           "PT1",
                           "P99999999999999999999D",
                           "00000001132312.125000:001",
                           "00000001252312.125000:000",
                           "********132312.125000:000"}) {
    EXPECT_FALSE(parse_datetime(text)) << text;
  }
}

}  // namespace
}  // namespace muster::cim
