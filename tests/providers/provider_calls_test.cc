// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "providers/call_records.h"
#include "providers/registry.gen.h"
#include "tests/fakes/fake_host.h"
#include "tests/fakes/rows.h"

namespace muster {
namespace {

using std::chrono::milliseconds;
using testing::FakeHost;
using testing::is_null;
using testing::named;
using testing::number;
using testing::rows;
using testing::text;

CallRecord::Time at(int seconds) {
  return CallRecord::Time(std::chrono::seconds(1795168496 + seconds));
}

TEST(ProviderCallsProvider, TellsHowTheCallsWent) {
  CallRecords records;
  records.expect("SCX_Agent");
  records.expect("SCX_DiskDrive");
  records.add("SCX_Agent", fail(Errc::not_found, "/proc/cpuinfo: No such file or directory"), milliseconds(9),
              at(0));
  records.add("SCX_Agent", Result<void>{}, milliseconds(3), at(1));
  const FakeHost host;
  const auto provider = make_provider_calls(host);
  provider->settle({.certificate_files = {}, .calls = &records});
  const auto seen = rows(*provider);
  ASSERT_EQ(seen.size(), 2U);
  const auto& agent = named(seen, "SCX_Agent");
  EXPECT_EQ(number(agent, "Calls"), 2U);
  EXPECT_EQ(number(agent, "Failures"), 1U);
  EXPECT_DOUBLE_EQ(std::get<double>(agent.value("LastDuration")), 3.0);
  EXPECT_DOUBLE_EQ(std::get<double>(agent.value("LongestDuration")), 9.0);
  EXPECT_EQ(text(agent, "LastSuccess"), "2026-11-20T09:54:57.000000Z");
  EXPECT_EQ(text(agent, "LastFailure"), "2026-11-20T09:54:56.000000Z");
  EXPECT_EQ(text(agent, "LastError"), "/proc/cpuinfo: No such file or directory");
  const auto& disk = named(seen, "SCX_DiskDrive");
  EXPECT_EQ(number(disk, "Calls"), 0U);
  EXPECT_TRUE(is_null(disk, "LastDuration"));
}

TEST(ProviderCallsProvider, TellsWhoHungUntilItHasAnswered) {
  CallRecords records;
  records.expect("SCX_FileSystem");
  records.hung("SCX_FileSystem", 2, at(60));
  records.hung("SCX_Unheard", 1, at(60));
  const FakeHost host;
  const auto provider = make_provider_calls(host);
  provider->settle({.certificate_files = {}, .calls = &records});
  {
    const auto seen = rows(*provider);
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(number(seen[0], "Hangs"), 2U);
    EXPECT_EQ(text(seen[0], "NotAskedUntil"), "2026-11-20T09:55:56.000000Z");
  }
  records.add("SCX_FileSystem", Result<void>{}, milliseconds(3), at(90));
  const auto seen = rows(*provider);
  EXPECT_EQ(number(seen[0], "Hangs"), 0U);
  EXPECT_TRUE(is_null(seen[0], "NotAskedUntil"));
}

TEST(ProviderCallsProvider, HasNothingToSayWhereNobodyCounts) {
  const FakeHost host;
  EXPECT_TRUE(rows(*make_provider_calls(host)).empty());
}

}  // namespace
}  // namespace muster
