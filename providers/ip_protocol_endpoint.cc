// SPDX-License-Identifier: GPL-2.0-or-later
// The Internet addresses of this machine's network interfaces. One instance for each interface that has any,
// loopback left out.
//
// Limits  the class has room for one address of each version: the interface's main IPv4 address, and its first
//         IPv6 address that is not link-local (else the link-local one).
// Source  getifaddrs(3)
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/cim/schema.h"
#include "providers/proc/identity.h"
#include "providers/provider.h"
#include "providers/registry.gen.h"

namespace muster {
namespace {

using cim::Role;
using cim::Type;
using cim::Unit;
using Family = InterfaceAddress::Family;

constexpr cim::Property kProperties[] = {
    {"IPv4BroadcastAddress", Type::string, Role::value, Unit::none, "ifa_broadaddr"},
};

constexpr char kClassName[] = "SCX_IPProtocolEndpoint";
constexpr cim::ClassDecl kDecl{kClassName, &cim::kCimIpProtocolEndpoint, "1.4.0",
                               "A network interface and its Internet addresses.", kProperties};

constexpr std::uint64_t kEnabled = 2;  // CIM_EnabledLogicalElement.EnabledState
constexpr std::uint64_t kDisabled = 3;

std::string dotted_mask(std::uint32_t prefix_bits) {
  std::string text;
  for (std::uint32_t byte = 0; byte < 4; ++byte) {
    const auto bits = std::min(8U, prefix_bits - std::min(prefix_bits, byte * 8));
    text.append(text.empty() ? "" : ".").append(std::to_string((0xFF00U >> bits) & 0xFFU));
  }
  return text;
}

bool is_link_local(const InterfaceAddress& address) {
  return address.address.starts_with("fe80:");
}

struct Endpoint {
  bool up = false;
  const InterfaceAddress* v4 = nullptr;
  const InterfaceAddress* v6 = nullptr;

  void add(const InterfaceAddress& address) {
    up = address.up;
    auto& slot = address.family == Family::ipv4 ? v4 : v6;
    if (slot == nullptr || (is_link_local(*slot) && !is_link_local(address))) slot = &address;
  }
};

class IpProtocolEndpoint final : public Provider {
 public:
  explicit IpProtocolEndpoint(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }

  Result<void> enumerate(const Emit& emit) override {
    const auto addresses = host_.interface_addresses();
    if (!addresses) return fail(addresses.error());
    std::map<std::string_view, Endpoint> endpoints;
    for (const auto& address : *addresses) {
      if (address.interface != "lo") endpoints[address.interface].add(address);
    }
    const auto node = host_.system_name().node;
    for (const auto& [name, endpoint] : endpoints) emit(instance(std::string(name), endpoint, node));
    return {};
  }

 private:
  cim::Instance instance(const std::string& name, const Endpoint& endpoint, const std::string& node) const {
    cim::Instance row(class_);
    row.set("Caption", "IP protocol endpoint information");
    row.set("Description", "Properties of an IP protocol connection endpoint");
    row.set("ElementName", name).set("Name", name).set("CreationClassName", kClassName);
    row.set("SystemCreationClassName", proc::kSystemClass).set("SystemName", node);
    row.set("EnabledState", endpoint.up ? kEnabled : kDisabled);
    if (const auto* v4 = endpoint.v4) {
      row.set("IPv4Address", v4->address).set("SubnetMask", dotted_mask(v4->prefix_bits));
      if (!v4->broadcast.empty()) row.set("IPv4BroadcastAddress", v4->broadcast);
    }
    if (const auto* v6 = endpoint.v6) {
      row.set("IPv6Address", v6->address);
      row.set("IPv6SubnetPrefixLength", std::uint64_t{v6->prefix_bits});
    }
    return row;
  }

  const Host& host_;
  const cim::Class class_{kDecl};
};

}  // namespace

std::unique_ptr<Provider> make_ip_protocol_endpoint(const Host& host) {
  return std::make_unique<IpProtocolEndpoint>(host);
}

}  // namespace muster
