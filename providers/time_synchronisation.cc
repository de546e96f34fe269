// SPDX-License-Identifier: GPL-2.0-or-later
// Whether this machine's clock is kept right, and how well. One instance.
//
// Limits  a service manager may forbid the call (ProtectClock= of systemd): then only what systemd-timesyncd leaves
//         in /run is known, and the figures are null.
// Source  adjtimex(2), where every time service (chrony, ntpd, systemd-timesyncd) reports to the kernel.
#include <chrono>
#include <memory>
#include <utility>

#include "core/cim/schema.h"
#include "providers/proc/wire_time.h"
#include "providers/provider.h"
#include "providers/registry.gen.h"

namespace muster {
namespace {

using cim::Role;
using cim::Type;
using cim::Unit;

constexpr cim::Property kProperties[] = {
    {"Name", Type::string, Role::key, Unit::none, "constant \"clock\""},
    {"IsSynchronised", Type::boolean, Role::value, Unit::none,
     "neither STA_UNSYNC nor TIME_ERROR; where adjtimex is forbidden whether systemd-timesyncd says so, else "
     "null"},
    {"Offset", Type::real64, Role::value, Unit::milliseconds,
     "offset: what the kernel is still correcting; a service that steers by frequency leaves it at 0"},
    {"MaximumError", Type::real64, Role::value, Unit::milliseconds,
     "maxerror: the clock is wrong by no more; grows by 0.5 ms a second until the clock is set right again"},
    {"EstimatedError", Type::real64, Role::value, Unit::milliseconds, "esterror"},
    {"FrequencyCorrection", Type::real64, Role::value, Unit::none,
     "freq, in millionths: how much faster (slower, if negative) the clock is made to run"},
    {"LocalTime", Type::datetime, Role::value, Unit::none, "the clock itself, UTC"},
};

constexpr cim::ClassDecl kDecl{"Muster_TimeSynchronisation", &cim::kCimStatisticalInformation, "1.0.0",
                               "Whether the clock is kept right, and how well.", kProperties};

double milliseconds(std::chrono::duration<double, std::milli> time) {
  return time.count();
}

class TimeSynchronisation final : public Provider {
 public:
  explicit TimeSynchronisation(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }

  Result<void> enumerate(const Emit& emit) override {
    const auto clock = host_.clock_state();
    if (!clock && clock.error().code != Errc::denied) return fail(clock.error());
    cim::Instance row(class_);
    row.set("Name", "clock").set("LocalTime", proc::wire_time(host_.wall_clock()));
    if (clock) {
      set_figures(row, *clock);
    } else if (host_.read_start("/run/systemd/timesync/synchronized", 1)) {
      row.set("IsSynchronised", true);
    }
    emit(std::move(row));
    return {};
  }

 private:
  static void set_figures(cim::Instance& row, const ClockState& clock) {
    row.set("IsSynchronised", clock.synchronised).set("Offset", milliseconds(clock.offset));
    row.set("MaximumError", milliseconds(clock.maximum_error));
    row.set("EstimatedError", milliseconds(clock.estimated_error));
    row.set("FrequencyCorrection", clock.frequency_ppm);
  }

  const Host& host_;
  const cim::Class class_{kDecl};
};

}  // namespace

std::unique_ptr<Provider> make_time_synchronisation(const Host& host) {
  return std::make_unique<TimeSynchronisation>(host);
}

}  // namespace muster
