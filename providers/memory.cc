// SPDX-License-Identifier: GPL-2.0-or-later
// Physical memory, swap space and paging. One instance.
//
// Units   mebibytes, rounded down as `free -m` does; percent to the nearest whole number.
// Source  /proc/meminfo and, for paging, pgpgin and pgpgout of /proc/vmstat, which count kibibytes.
#include <cstdint>
#include <memory>
#include <utility>

#include "core/cim/schema.h"
#include "providers/proc/constant_rows.h"
#include "providers/proc/meminfo.h"
#include "providers/proc/rates.h"
#include "providers/proc/text.h"
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
    {"Name", Type::string, Role::key, Unit::none, "constant \"Memory\""},
    {"AvailableMemory", Type::uint64, Role::value, Unit::megabytes, "MemAvailable"},
    {"PercentAvailableMemory", Type::uint8, Role::value, Unit::percent, "100 - PercentUsedMemory"},
    {"UsedMemory", Type::uint64, Role::value, Unit::megabytes, "MemTotal - MemAvailable"},
    {"PercentUsedMemory", Type::uint8, Role::value, Unit::percent, "(MemTotal - MemAvailable) / MemTotal"},
    {"PercentUsedByCache", Type::uint8, Role::value, Unit::percent,
     "(Buffers + Cached + SReclaimable) / MemTotal; most of it counts as available"},
    {"PagesPerSec", Type::uint64, Role::value, Unit::pages_per_second,
     "PagesReadPerSec + PagesWrittenPerSec"},
    {"PagesReadPerSec", Type::uint64, Role::value, Unit::pages_per_second, "pgpgin, last minute"},
    {"PagesWrittenPerSec", Type::uint64, Role::value, Unit::pages_per_second, "pgpgout, last minute"},
    {"AvailableSwap", Type::uint64, Role::value, Unit::megabytes, "SwapFree"},
    {"PercentAvailableSwap", Type::uint8, Role::value, Unit::percent, "SwapFree / SwapTotal; 0 without swap"},
    {"UsedSwap", Type::uint64, Role::value, Unit::megabytes, "SwapTotal - SwapFree"},
    {"PercentUsedSwap", Type::uint8, Role::value, Unit::percent,
     "(SwapTotal - SwapFree) / SwapTotal; 0 without swap"},
};

constexpr cim::ClassDecl kDecl{"SCX_MemoryStatisticalInformation", &cim::kScxStatisticalInformation, "1.3.0",
                               "How much memory and swap space is in use, and how busy paging is.",
                               kProperties};

struct Paging {
  std::uint64_t read_kib = 0;
  std::uint64_t written_kib = 0;
};

class Memory final : public Provider {
 public:
  explicit Memory(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }
  std::chrono::seconds sampling_interval() const override { return proc::kSamplingInterval; }

  void sample() override {
    const auto text = host_.read_file("/proc/vmstat");
    if (!text) return;
    history_.add(host_.now(), Paging{.read_kib = proc::number_of(*text, "pgpgin").value_or(0),
                                     .written_kib = proc::number_of(*text, "pgpgout").value_or(0)});
  }

  Result<void> enumerate(const Emit& emit) override {
    const auto memory = proc::read_meminfo(host_);
    if (!memory) return fail(memory.error());
    cim::Instance instance(class_);
    instance.set("Caption", "Memory information")
        .set("Description", "Memory usage and performance statistics");
    instance.set("Name", "Memory").set("IsAggregate", true);
    set_memory(instance, *memory);
    set_swap(instance, *memory);
    set_paging(instance);
    emit(std::move(instance));
    return {};
  }

 private:
  static void set_memory(cim::Instance& instance, const proc::Meminfo& memory) {
    const auto used_percent = proc::percent(memory.used(), memory.total);
    instance.set("AvailableMemory", memory.available / 1024)
        .set("PercentAvailableMemory", 100 - used_percent)
        .set("UsedMemory", memory.used() / 1024)
        .set("PercentUsedMemory", used_percent)
        .set("PercentUsedByCache", proc::percent(memory.cache, memory.total));
  }

  static void set_swap(cim::Instance& instance, const proc::Meminfo& memory) {
    const auto used_percent = proc::percent(memory.swap_used(), memory.swap_total);
    instance.set("AvailableSwap", memory.swap_free / 1024)
        .set("PercentAvailableSwap", memory.swap_total == 0 ? 0 : 100 - used_percent)
        .set("UsedSwap", memory.swap_used() / 1024)
        .set("PercentUsedSwap", used_percent);
  }

  void set_paging(cim::Instance& instance) const {
    const auto read = pages_per_second(&Paging::read_kib);
    const auto written = pages_per_second(&Paging::written_kib);
    instance.set("PagesPerSec", read + written)
        .set("PagesReadPerSec", read)
        .set("PagesWrittenPerSec", written);
  }

  std::uint64_t pages_per_second(std::uint64_t Paging::*counter) const {
    const auto kib = proc::grown(history_.oldest().*counter, history_.newest().*counter);
    const auto pages = kib * 1024 / static_cast<std::uint64_t>(host_.page_bytes());
    return proc::per_second(pages, history_.elapsed());
  }

  const Host& host_;
  const cim::Class class_{kDecl};
  proc::History<Paging> history_;
};

}  // namespace

std::unique_ptr<Provider> make_memory(const Host& host) {
  return std::make_unique<Memory>(host);
}

}  // namespace muster
