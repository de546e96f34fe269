// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>

#include <gtest/gtest.h>

#include "core/base/linux_host.h"
#include "providers/registry.gen.h"
#include "tests/fakes/fake_host.h"
#include "tests/fakes/rows.h"

namespace muster {
namespace {

using testing::FakeHost;
using testing::number;
using testing::rows;
using testing::text;

TEST(EthernetPortStatisticsProvider, CountsWhatPassedEthernetOnly) {
  FakeHost host;
  host.with_file("/sys/class/net/eth0/type", "1\n")
      .with_file("/sys/class/net/lo/type", "772\n")
      .with_file("/sys/class/net/gone/type", "1\n")
      .with_file("/proc/net/dev",
                 "Inter-|   Receive  |  Transmit\n"
                 " face |bytes packets\n"
                 "    lo: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n"
                 "  eth0:1000 10 3 9 9 9 9 9 2000 20 4 9 9 5 9 9\n");
  const auto provider = make_ethernet_port_statistics(host);
  const auto seen = rows(*provider);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(text(seen[0], "InstanceID"), "eth0");
  EXPECT_EQ(number(seen[0], "BytesReceived"), 1000U);
  EXPECT_EQ(number(seen[0], "PacketsReceived"), 10U);
  EXPECT_EQ(number(seen[0], "TotalRxErrors"), 3U);
  EXPECT_EQ(number(seen[0], "BytesTransmitted"), 2000U);
  EXPECT_EQ(number(seen[0], "PacketsTransmitted"), 20U);
  EXPECT_EQ(number(seen[0], "TotalTxErrors"), 4U);
  EXPECT_EQ(number(seen[0], "TotalCollisions"), 5U);
  EXPECT_EQ(number(seen[0], "BytesTotal"), 3000U);
}

TEST(EthernetPortStatisticsProvider, HasNothingToSayWithoutInterfaces) {
  const FakeHost host;
  const auto provider = make_ethernet_port_statistics(host);
  EXPECT_TRUE(rows(*provider).empty());
}

// The kernel's other account of the same: counters only grow.
TEST(EthernetPortStatisticsProvider, AgreesWithSysfs) {
  const LinuxHost host;
  const auto provider = make_ethernet_port_statistics(host);
  for (const auto& row : rows(*provider)) {
    const auto path = "/sys/class/net/" + text(row, "InstanceID") + "/statistics/rx_bytes";
    const auto later = host.read_file(path);
    if (!later) continue;
    EXPECT_LE(number(row, "BytesReceived"), std::stoull(*later)) << path;
    EXPECT_GE(number(row, "BytesReceived") + (std::uint64_t{1} << 30), std::stoull(*later)) << path;
  }
}

}  // namespace
}  // namespace muster
