// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "providers/registry.gen.h"
#include "tests/fakes/fake_host.h"
#include "tests/fakes/rows.h"

namespace muster {
namespace {

using testing::FakeHost;
using testing::is_null;
using testing::rows;

double real(const cim::Instance& row, std::string_view property) {
  return std::get<double>(row.value(property));
}

TEST(TimeSynchronisationProvider, StatesMilliseconds) {
  FakeHost host;
  host.with_clock({true, std::chrono::nanoseconds(-1500000), std::chrono::microseconds(6500),
                   std::chrono::microseconds(250), -11.25});
  const auto provider = make_time_synchronisation(host);
  const auto seen = rows(*provider);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_TRUE(std::get<bool>(seen[0].value("IsSynchronised")));
  EXPECT_DOUBLE_EQ(real(seen[0], "Offset"), -1.5);
  EXPECT_DOUBLE_EQ(real(seen[0], "MaximumError"), 6.5);
  EXPECT_DOUBLE_EQ(real(seen[0], "EstimatedError"), 0.25);
  EXPECT_DOUBLE_EQ(real(seen[0], "FrequencyCorrection"), -11.25);
}

TEST(TimeSynchronisationProvider, FallsBackToTimesyncdWhereTheCallIsForbidden) {
  FakeHost host;
  host.with_forbidden_clock();
  const auto provider = make_time_synchronisation(host);
  EXPECT_TRUE(is_null(rows(*provider).at(0), "IsSynchronised"));
  host.with_file("/run/systemd/timesync/synchronized", "");
  const auto seen = rows(*provider);
  EXPECT_TRUE(std::get<bool>(seen.at(0).value("IsSynchronised")));
  EXPECT_TRUE(is_null(seen.at(0), "MaximumError"));
}

}  // namespace
}  // namespace muster
