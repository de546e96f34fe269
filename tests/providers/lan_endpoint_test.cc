// SPDX-License-Identifier: GPL-2.0-or-later
#include <filesystem>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "core/base/linux_host.h"
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

std::string line_of(const Host& host, const std::filesystem::path& path) {
  const auto text = host.read_file(path.string());
  return text ? text->substr(0, text->find('\n')) : "";
}

// Of this machine's Ethernet interfaces, as sysfs has them.
std::map<std::string, std::string> hardware_addresses(const Host& host) {
  std::map<std::string, std::string> found;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/class/net", none)) {
    if (line_of(host, entry.path() / "type") != "1") continue;
    auto address = line_of(host, entry.path() / "address");
    std::erase(address, ':');
    found[entry.path().filename().string()] = address;
  }
  return found;
}

TEST(LanEndpointProvider, AgreesWithSysfs) {
  const LinuxHost host;
  const auto provider = make_lan_endpoint(host);
  std::map<std::string, std::string> seen;
  for (const auto& row : rows(*provider)) {
    seen[text(row, "Name")] = is_null(row, "MACAddress") ? "" : text(row, "MACAddress");
  }
  EXPECT_EQ(seen, hardware_addresses(host));
}

}  // namespace
}  // namespace muster
