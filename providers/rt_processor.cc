// SPDX-License-Identifier: GPL-2.0-or-later
// How busy each processor has been during the last few seconds, and all of them together ("_Total").
//
// Units   percent of the processor's time, to the nearest whole number; all 0 until a reading is old enough.
// Source  /proc/stat, now and when it was read last: 5 to 20 seconds ago.
#include <chrono>
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

constexpr cim::ClassDecl kDecl{"SCX_RTProcessorStatisticalInformation", &cim::kScxStatisticalInformation,
                               "1.3.0", "What the processors are spending their time on right now.",
                               kProperties};

// Over a shorter interval the kernel's ticks of 10 ms are too coarse.
constexpr std::chrono::seconds kShortest{5};

using Cpus = std::vector<proc::Cpu>;

class RtProcessor final : public Provider {
 public:
  explicit RtProcessor(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }
  std::chrono::seconds sampling_interval() const override { return proc::kSamplingInterval; }

  void sample() override {
    if (auto cpus = read()) {
      previous_ = std::exchange(latest_, Reading{host_.now(), std::move(*cpus)});
    }
  }

  Result<void> enumerate(const Emit& emit) override {
    const auto cpus = read();
    if (!cpus) return fail(cpus.error());
    const auto& since = host_.now() - latest_.at >= kShortest ? latest_ : previous_;
    proc::CpuTime total;
    for (const auto& cpu : *cpus) {
      const auto* before = proc::time_of(since.cpus, cpu.number);
      const auto spent = before != nullptr ? proc::between(*before, cpu.time) : proc::CpuTime{};
      total += spent;
      emit(instance(std::to_string(cpu.number), spent).set("IsAggregate", false));
    }
    emit(instance("_Total", total).set("IsAggregate", true));
    return {};
  }

 private:
  struct Reading {
    std::chrono::steady_clock::time_point at{};
    Cpus cpus;
  };

  Result<Cpus> read() const {
    const auto text = host_.read_file("/proc/stat", proc::kStatLimit);
    if (!text) return fail(text.error());
    return proc::parse_cpu_times(*text);
  }

  cim::Instance instance(std::string name, const proc::CpuTime& spent) const {
    cim::Instance row(class_);
    row.set("Caption", "Processor information").set("Description", "CPU usage statistics");
    row.set("Name", std::move(name));
    proc::set_percentages(row, spent);
    return row;
  }

  const Host& host_;
  const cim::Class class_{kDecl};
  Reading latest_;
  Reading previous_;
};

}  // namespace

std::unique_ptr<Provider> make_rt_processor(const Host& host) {
  return std::make_unique<RtProcessor>(host);
}

}  // namespace muster
