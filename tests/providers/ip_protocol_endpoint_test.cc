// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>

#include <gtest/gtest.h>

#include "core/base/linux_host.h"
#include "providers/registry.gen.h"
#include "tests/fakes/command_output.h"
#include "tests/fakes/fake_host.h"
#include "tests/fakes/rows.h"

namespace muster {
namespace {

using testing::FakeHost;
using testing::is_null;
using testing::named;
using testing::number;
using testing::rows;
using testing::text;
using Family = InterfaceAddress::Family;

TEST(IpProtocolEndpointProvider, GivesEachInterfaceItsMainAddresses) {
  FakeHost host;
  host.with_address({"lo", Family::ipv4, "127.0.0.1", 8, "", true})
      .with_address({"eth0", Family::ipv4, "192.0.2.2", 22, "192.0.3.255", true})
      .with_address({"eth0", Family::ipv4, "192.0.2.3", 32, "", true})
      .with_address({"eth0", Family::ipv6, "fe80::1", 64, "", true})
      .with_address({"eth0", Family::ipv6, "2001:db8::2", 56, "", true})
      .with_address({"eth0", Family::ipv6, "2001:db8::3", 64, "", true})
      .with_address({"tun0", Family::ipv6, "fe80::2", 128, "", false});
  const auto provider = make_ip_protocol_endpoint(host);
  const auto seen = rows(*provider);
  ASSERT_EQ(seen.size(), 2U);
  const auto& eth0 = named(seen, "eth0");
  EXPECT_EQ(text(eth0, "IPv4Address"), "192.0.2.2");
  EXPECT_EQ(text(eth0, "SubnetMask"), "255.255.252.0");
  EXPECT_EQ(text(eth0, "IPv4BroadcastAddress"), "192.0.3.255");
  EXPECT_EQ(text(eth0, "IPv6Address"), "2001:db8::2");
  EXPECT_EQ(number(eth0, "IPv6SubnetPrefixLength"), 56U);
  EXPECT_EQ(number(eth0, "EnabledState"), 2U);
  const auto& tun0 = named(seen, "tun0");
  EXPECT_EQ(number(tun0, "EnabledState"), 3U);
  EXPECT_EQ(text(tun0, "IPv6Address"), "fe80::2");
  EXPECT_TRUE(is_null(tun0, "IPv4Address"));
}

TEST(IpProtocolEndpointProvider, WritesMasksOfEveryLength) {
  const std::pair<std::uint32_t, std::string> masks[] = {
      {0, "0.0.0.0"}, {1, "128.0.0.0"}, {8, "255.0.0.0"}, {25, "255.255.255.128"}, {32, "255.255.255.255"}};
  for (const auto& [bits, mask] : masks) {
    FakeHost host;
    host.with_address({"eth0", Family::ipv4, "192.0.2.2", bits, "", true});
    const auto provider = make_ip_protocol_endpoint(host);
    EXPECT_EQ(text(rows(*provider).at(0), "SubnetMask"), mask) << bits;
  }
}

TEST(IpProtocolEndpointProvider, AgreesWithIp) {
  const LinuxHost host;
  const auto provider = make_ip_protocol_endpoint(host);
  for (const auto& row : rows(*provider)) {
    if (is_null(row, "IPv4Address")) continue;
    const auto listed = testing::command_output("ip -o -4 addr show dev '" + text(row, "Name") + "'");
    EXPECT_NE(listed.find("inet " + text(row, "IPv4Address") + "/"), std::string::npos) << listed;
  }
}

}  // namespace
}  // namespace muster
