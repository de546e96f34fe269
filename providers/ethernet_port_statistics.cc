// SPDX-License-Identifier: GPL-2.0-or-later
// What has passed each Ethernet interface since it was made. One instance each.
//
// Source  /proc/net/dev, of the interfaces that /sys/class/net calls Ethernet.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/cim/schema.h"
#include "providers/proc/cached.h"
#include "providers/proc/constant_rows.h"
#include "providers/proc/interfaces.h"
#include "providers/provider.h"
#include "providers/registry.gen.h"

namespace muster {
namespace {

using cim::Role;
using cim::Type;
using cim::Unit;

constexpr cim::Property kProperties[] = {
    proc::kCaptionRow,
    proc::kDescriptionRow,
    {"BytesTotal", Type::uint64, Role::value, Unit::bytes, "received and transmitted"},
    {"TotalRxErrors", Type::uint64, Role::value, Unit::none, "errs of what was received"},
    {"TotalTxErrors", Type::uint64, Role::value, Unit::none, "errs of what was transmitted"},
    {"TotalCollisions", Type::uint64, Role::value, Unit::none, "colls"},
};

constexpr cim::ClassDecl kDecl{"SCX_EthernetPortStatistics", &cim::kCimEthernetPortStatistics, "1.4.4",
                               "What has passed an Ethernet interface.", kProperties};

// Which interfaces are Ethernet takes a file for each. One that is gone has no counters and is left out at once.
constexpr std::chrono::seconds kNamesLifetime{15};

class EthernetPortStatistics final : public Provider {
 public:
  explicit EthernetPortStatistics(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }

  Result<void> enumerate(const Emit& emit) override {
    const auto& names = names_.value(host_.now(), [this] { return proc::list_ethernet(host_); });
    if (!names) return fail(names.error());
    if (names->empty()) return {};
    const auto text = host_.read_file("/proc/net/dev");
    if (!text) return fail(text.error());
    const auto interfaces = proc::parse_interface_traffic(*text);
    for (const auto& name : *names) {
      const auto found = std::find_if(interfaces.begin(), interfaces.end(),
                                      [&](const auto& each) { return each.name == name; });
      if (found != interfaces.end()) emit(instance(*found));
    }
    return {};
  }

 private:
  cim::Instance instance(const proc::InterfaceTraffic& traffic) const {
    cim::Instance row(class_);
    row.set("InstanceID", traffic.name);
    row.set("Caption", "Ethernet port information");
    row.set("Description", "Statistics on transfer performance for a port");
    row.set("BytesTransmitted", traffic.sent_bytes).set("BytesReceived", traffic.received_bytes);
    row.set("PacketsTransmitted", traffic.sent_packets).set("PacketsReceived", traffic.received_packets);
    row.set("BytesTotal", traffic.received_bytes + traffic.sent_bytes);
    row.set("TotalRxErrors", traffic.receive_errors).set("TotalTxErrors", traffic.send_errors);
    row.set("TotalCollisions", traffic.collisions);
    return row;
  }

  const Host& host_;
  const cim::Class class_{kDecl};
  proc::Cached<Result<std::vector<std::string>>> names_{kNamesLifetime};
};

}  // namespace

std::unique_ptr<Provider> make_ethernet_port_statistics(const Host& host) {
  return std::make_unique<EthernetPortStatistics>(host);
}

}  // namespace muster
