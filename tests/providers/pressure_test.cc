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

TEST(PressureProvider, StatesBothKindsOfEachResource) {
  FakeHost host;
  host.with_file("/proc/pressure/cpu", "some avg10=99.81 avg60=9.31 avg300=0.33 total=6450890290\n")
      .with_file("/proc/pressure/io",
                 "some avg10=0.16 avg60=0.49 avg300=1.12 total=189016437\n"
                 "full avg10=0.00 avg60=0.01 avg300=0.14 total=76285685\n");
  const auto provider = make_pressure(host);
  const auto seen = rows(*provider);
  ASSERT_EQ(seen.size(), 2U);
  const auto& cpu = named(seen, "cpu");
  EXPECT_DOUBLE_EQ(std::get<double>(cpu.value("PercentSomeLast10Seconds")), 99.81);
  EXPECT_EQ(number(cpu, "SomeTime"), 6450890U);
  EXPECT_TRUE(is_null(cpu, "PercentFullLast10Seconds"));
  const auto& io = named(seen, "io");
  EXPECT_DOUBLE_EQ(std::get<double>(io.value("PercentSomeLast5Minutes")), 1.12);
  EXPECT_DOUBLE_EQ(std::get<double>(io.value("PercentFullLastMinute")), 0.01);
  EXPECT_EQ(number(io, "FullTime"), 76285U);
}

TEST(PressureProvider, LeavesNullWhatItDoesNotUnderstand) {
  FakeHost host;
  host.with_file("/proc/pressure/cpu", "some avg10=x\nfull avg10=1\n");
  const auto provider = make_pressure(host);
  const auto seen = rows(*provider);
  EXPECT_TRUE(is_null(seen.at(0), "SomeTime"));
  EXPECT_TRUE(is_null(seen.at(0), "FullTime"));
}

TEST(PressureProvider, HasNothingToSayWhereTheKernelHasNot) {
  const FakeHost host;
  EXPECT_TRUE(rows(*make_pressure(host)).empty());
}

}  // namespace
}  // namespace muster
