// SPDX-License-Identifier: GPL-2.0-or-later
// The Ethernet interfaces of this machine and their hardware addresses. One instance each.
//
// Source  /sys/class/net
#include <memory>
#include <string>

#include "core/cim/schema.h"
#include "providers/proc/identity.h"
#include "providers/proc/interfaces.h"
#include "providers/proc/text.h"
#include "providers/provider.h"
#include "providers/registry.gen.h"

namespace muster {
namespace {

using cim::Role;
using cim::Type;
using cim::Unit;

constexpr cim::Property kProperties[] = {
    {"FormattedMACAddress", Type::string, Role::value, Unit::none, "address, as 02-FC-00-00-00-01"},
};

constexpr char kClassName[] = "SCX_LANEndpoint";
constexpr cim::ClassDecl kDecl{kClassName, &cim::kCimLanEndpoint, "1.4.0",
                               "An Ethernet interface and its hardware address.", kProperties};

class LanEndpoint final : public Provider {
 public:
  explicit LanEndpoint(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }

  Result<void> enumerate(const Emit& emit) override {
    const auto names = proc::list_ethernet(host_);
    if (!names) return fail(names.error());
    const auto node = host_.system_name().node;
    for (const auto& name : *names) emit(instance(name, node));
    return {};
  }

 private:
  cim::Instance instance(const std::string& name, const std::string& node) const {
    cim::Instance row(class_);
    row.set("InstanceID", name).set("ElementName", name).set("Name", name);
    row.set("Caption", "LAN endpoint caption information");
    row.set("Description", "LAN Endpoint description information");
    row.set("SystemCreationClassName", proc::kSystemClass).set("SystemName", node);
    row.set("CreationClassName", kClassName);
    if (const auto text = host_.read_start("/sys/class/net/" + name + "/address", 128)) {
      auto address = proc::parse_hardware_address(proc::first_line(*text));
      if (!address.plain.empty()) {
        row.set("MACAddress", std::move(address.plain))
            .set("FormattedMACAddress", std::move(address.formatted));
      }
    }
    return row;
  }

  const Host& host_;
  const cim::Class class_{kDecl};
};

}  // namespace

std::unique_ptr<Provider> make_lan_endpoint(const Host& host) {
  return std::make_unique<LanEndpoint>(host);
}

}  // namespace muster
