// SPDX-License-Identifier: GPL-2.0-or-later
// How busy each processor was during the last minute, and all of them together ("_Total").
//
// Units   percent of the processor's time, to the nearest whole number; all 0 until there are two readings.
// Source  /proc/stat
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/cim/schema.h"
#include "providers/proc/constant_rows.h"
#include "providers/proc/cpu_percentages.h"
#include "providers/proc/cpu_time.h"
#include "providers/proc/rates.h"
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
    {"Name", Type::string, Role::key, Unit::none, "number of the processor, or \"_Total\""},
    {"PercentIdleTime", Type::uint8, Role::value, Unit::percent, "idle"},
    {"PercentUserTime", Type::uint8, Role::value, Unit::percent, "user"},
    {"PercentNiceTime", Type::uint8, Role::value, Unit::percent, "nice"},
    {"PercentPrivilegedTime", Type::uint8, Role::value, Unit::percent, "system"},
    {"PercentInterruptTime", Type::uint8, Role::value, Unit::percent, "irq"},
    {"PercentDPCTime", Type::uint8, Role::value, Unit::percent, "softirq"},
    {"PercentProcessorTime", Type::uint8, Role::value, Unit::percent,
     "all but idle and iowait; steal counts as busy"},
    {"PercentIOWaitTime", Type::uint8, Role::value, Unit::percent, "iowait"},
};

constexpr cim::ClassDecl kDecl{"SCX_ProcessorStatisticalInformation", &cim::kScxStatisticalInformation,
                               "1.3.0", "What the processors spent their time on.", kProperties};

using Cpus = std::vector<proc::Cpu>;

class Processor final : public Provider {
 public:
  explicit Processor(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }
  std::chrono::seconds sampling_interval() const override { return proc::kSamplingInterval; }

  void sample() override {
    if (auto cpus = read()) history_.add(host_.now(), std::move(*cpus));
  }

  Result<void> enumerate(const Emit& emit) override {
    const auto cpus = read();  // which processors are online is known without two readings
    if (!cpus) return fail(cpus.error());
    proc::CpuTime total;
    for (const auto& cpu : *cpus) {
      const auto spent = spent_by(cpu.number);
      total += spent;
      emit(instance(std::to_string(cpu.number), spent).set("IsAggregate", false));
    }
    emit(instance("_Total", total).set("IsAggregate", true));
    return {};
  }

 private:
  Result<Cpus> read() const {
    const auto text = host_.read_file("/proc/stat", proc::kStatLimit);
    if (!text) return fail(text.error());
    return proc::parse_cpu_times(*text);
  }

  // Nothing for a processor that was not online all the time.
  proc::CpuTime spent_by(std::uint32_t number) const {
    if (!history_.has_interval()) return {};
    const auto* before = proc::time_of(history_.oldest(), number);
    const auto* after = proc::time_of(history_.newest(), number);
    return before != nullptr && after != nullptr ? proc::between(*before, *after) : proc::CpuTime{};
  }

  cim::Instance instance(std::string name, const proc::CpuTime& spent) const {
    cim::Instance row(class_);
    row.set("Caption", "Processor information")
        .set("Description", "CPU usage statistics")
        .set("Name", std::move(name));
    proc::set_percentages(row, spent);
    return row;
  }

  const Host& host_;
  const cim::Class class_{kDecl};
  proc::History<Cpus> history_;
};

}  // namespace

std::unique_ptr<Provider> make_processor(const Host& host) {
  return std::make_unique<Processor>(host);
}

}  // namespace muster
