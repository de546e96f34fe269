// SPDX-License-Identifier: GPL-2.0-or-later
// How long work has had to wait for processors, memory and disks: the kernel's pressure stall information. One
// instance for each resource.
//
// Limits  nothing to report on kernels before 4.20 and where it is switched off (psi=0).
// Source  the kernel's Documentation/accounting/psi.rst
#include <memory>
#include <string>
#include <string_view>

#include "core/cim/schema.h"
#include "providers/proc/psi.h"
#include "providers/provider.h"
#include "providers/registry.gen.h"

namespace muster {
namespace {

using cim::Role;
using cim::Type;
using cim::Unit;

constexpr cim::Property kProperties[] = {
    {"Name", Type::string, Role::key, Unit::none, "cpu, memory or io"},
    {"PercentSomeLast10Seconds", Type::real64, Role::value, Unit::percent,
     "avg10: time in which at least one task was waiting"},
    {"PercentSomeLastMinute", Type::real64, Role::value, Unit::percent, "avg60"},
    {"PercentSomeLast5Minutes", Type::real64, Role::value, Unit::percent, "avg300"},
    {"SomeTime", Type::uint64, Role::value, Unit::milliseconds, "total, since boot"},
    {"PercentFullLast10Seconds", Type::real64, Role::value, Unit::percent,
     "avg10: time in which all tasks were waiting at once"},
    {"PercentFullLastMinute", Type::real64, Role::value, Unit::percent, "avg60"},
    {"PercentFullLast5Minutes", Type::real64, Role::value, Unit::percent, "avg300"},
    {"FullTime", Type::uint64, Role::value, Unit::milliseconds, "total, since boot"},
};

constexpr cim::ClassDecl kDecl{"Muster_Pressure", &cim::kCimStatisticalInformation, "1.0.0",
                               "How long work had to wait for a resource.", kProperties};

constexpr std::string_view kResources[] = {"cpu", "memory", "io"};

class Pressure final : public Provider {
 public:
  explicit Pressure(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }

  Result<void> enumerate(const Emit& emit) override {
    for (const auto resource : kResources) {
      const auto text = host_.read_file("/proc/pressure/" + std::string(resource));
      // Switched off, the files can be opened and not be read.
      if (text) emit(instance(resource, proc::parse_pressure(*text)));
    }
    return {};
  }

 private:
  cim::Instance instance(std::string_view resource, const proc::Pressure& pressure) const {
    cim::Instance row(class_);
    row.set("Name", std::string(resource));
    if (const auto& some = pressure.some) {
      row.set("PercentSomeLast10Seconds", some->percent_10s).set("PercentSomeLastMinute", some->percent_60s);
      row.set("PercentSomeLast5Minutes", some->percent_300s).set("SomeTime", some->total_microseconds / 1000);
    }
    if (const auto& full = pressure.full) {
      row.set("PercentFullLast10Seconds", full->percent_10s).set("PercentFullLastMinute", full->percent_60s);
      row.set("PercentFullLast5Minutes", full->percent_300s).set("FullTime", full->total_microseconds / 1000);
    }
    return row;
  }

  const Host& host_;
  const cim::Class class_{kDecl};
};

}  // namespace

std::unique_ptr<Provider> make_pressure(const Host& host) {
  return std::make_unique<Pressure>(host);
}

}  // namespace muster
