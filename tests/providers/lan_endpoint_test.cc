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
using testing::rows;
using testing::text;

TEST(LanEndpointProvider, WritesHardwareAddressesInBothForms) {
  FakeHost host;
  host.with_file("/sys/class/net/eth1/type", "1\n")
      .with_file("/sys/class/net/eth1/address", "02:Fc:00:ab:00:01\n")
      .with_file("/sys/class/net/odd/type", "1\n")
      .with_file("/sys/class/net/odd/address", "no address\n")
      .with_file("/sys/class/net/wg0/type", "65534\n");
  const auto provider = make_lan_endpoint(host);
  const auto seen = rows(*provider);
  ASSERT_EQ(seen.size(), 2U);
  const auto& eth1 = named(seen, "eth1");
  EXPECT_EQ(text(eth1, "InstanceID"), "eth1");
  EXPECT_EQ(text(eth1, "MACAddress"), "02fc00ab0001");
  EXPECT_EQ(text(eth1, "FormattedMACAddress"), "02-FC-00-AB-00-01");
  EXPECT_TRUE(is_null(named(seen, "odd"), "MACAddress"));
}

}  // namespace
}  // namespace muster
