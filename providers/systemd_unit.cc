// SPDX-License-Identifier: GPL-2.0-or-later
// The units that systemd has loaded, and what state they are in. One instance each, as `systemctl list-units --all`
// shows them.
//
// Limits  nothing to report where systemd does not run.
// Source  ListUnits of org.freedesktop.systemd1 on the system bus.
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cim/schema.h"
#include "providers/bus/units.h"
#include "providers/provider.h"
#include "providers/registry.gen.h"

namespace muster {
namespace {

using cim::Role;
using cim::Type;
using cim::Unit;

constexpr cim::Property kProperties[] = {
    {"Description", Type::string, Role::value, Unit::none, "Description= of the unit"},
    {"Name", Type::string, Role::key, Unit::none, "name of the unit, \"ssh.service\""},
    {"UnitType", Type::string, Role::value, Unit::none, "what follows the last dot of the name"},
    {"LoadState", Type::string, Role::value, Unit::none, "loaded, not-found, masked, error, ..."},
    {"ActiveState", Type::string, Role::value, Unit::none,
     "active, reloading, inactive, failed, activating or deactivating"},
    {"SubState", Type::string, Role::value, Unit::none, "the state in the unit type's own words"},
    {"IsFailed", Type::boolean, Role::value, Unit::none, "whether ActiveState is failed"},
};

constexpr cim::ClassDecl kDecl{"Muster_SystemdUnit", &cim::kCimManagedElement, "1.0.0",
                               "A unit of systemd and its state.", kProperties};

bool is_absent(const Error& error) {
  return error.code == Errc::not_found;
}

class SystemdUnit final : public Provider {
 public:
  explicit SystemdUnit(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }

  Result<void> enumerate(const Emit& emit) override {
    if (!host_.list_folder("/run/systemd/system")) return {};
    const auto answer = host_.ask_socket(bus::kSystemBus, bus::units_request(), bus::has_units);
    if (!answer && is_absent(answer.error())) {
      return fail(Errc::not_found, answer.error().what, "install dbus: systemd answers over the system bus");
    }
    if (!answer) return fail(answer.error());
    auto units = bus::parse_units(*answer);
    if (!units) return fail(units.error());
    std::sort(units->begin(), units->end(),
              [](const bus::Unit& a, const bus::Unit& b) { return a.name < b.name; });
    for (const auto& unit : *units) emit(instance(unit));
    return {};
  }

 private:
  cim::Instance instance(const bus::Unit& unit) const {
    cim::Instance row(class_);
    row.set("Name", std::string(unit.name)).set("Description", std::string(unit.description));
    row.set("UnitType", std::string(unit.name.substr(unit.name.rfind('.') + 1)));
    row.set("LoadState", std::string(unit.load_state));
    row.set("ActiveState", std::string(unit.active_state)).set("SubState", std::string(unit.sub_state));
    row.set("IsFailed", unit.active_state == "failed");
    return row;
  }

  const Host& host_;
  const cim::Class class_{kDecl};
};

}  // namespace

std::unique_ptr<Provider> make_systemd_unit(const Host& host) {
  return std::make_unique<SystemdUnit>(host);
}

}  // namespace muster
