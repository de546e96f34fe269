// SPDX-License-Identifier: GPL-2.0-or-later
// What each process takes of the machine: processor time, memory, pages read. One instance each.
//
// Units   as the class states them: sizes in kibibytes, times of children in clock ticks.
// Errors  a process that ends while it is read is left out; that is no error.
// Source  /proc/PID/stat and status, /proc/meminfo
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cim/schema.h"
#include "providers/proc/constant_rows.h"
#include "providers/proc/identity.h"
#include "providers/proc/meminfo.h"
#include "providers/proc/process_list.h"
#include "providers/proc/process_looks.h"
#include "providers/proc/process_stat.h"
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
    {"BlockReadsPerSecond", Type::uint64, Role::value, Unit::transfers_per_second,
     "null: the kernel tells it to the owner of the process alone"},
    {"BlockWritesPerSecond", Type::uint64, Role::value, Unit::transfers_per_second, "null"},
    {"BlockTransfersPerSecond", Type::uint64, Role::value, Unit::transfers_per_second, "null"},
    {"PercentUserTime", Type::uint8, Role::value, Unit::percent,
     "utime, as a share of one processor during the last one or two minutes, at most 100"},
    {"PercentPrivilegedTime", Type::uint8, Role::value, Unit::percent, "stime, the same way"},
    {"UsedMemory", Type::uint64, Role::value, Unit::kilobytes, "resident set"},
    {"PercentUsedMemory", Type::uint8, Role::value, Unit::percent, "resident set / MemTotal"},
    {"PagesReadPerSec", Type::uint64, Role::value, Unit::pages_per_second, "majflt"},
};

constexpr char kClassName[] = "SCX_UnixProcessStatisticalInformation";
constexpr cim::ClassDecl kDecl{kClassName, &cim::kCimUnixProcessStatisticalInformation, "1.4.17",
                               "What a process takes of the machine.", kProperties};

constexpr std::size_t kProcessFileLimit = 4096;  // stat and status are far shorter
constexpr std::chrono::seconds kLookInterval{60};

// Property -> the line of /proc/PID/status that holds it, in kB.
struct Size {
  std::string_view property;
  std::string_view key;
};
constexpr Size kSizes[] = {{"VirtualText", "VmExe:"}, {"VirtualData", "VmData:"}, {"VirtualStack", "VmStk:"}};

class UnixProcessStatistics final : public Provider {
 public:
  explicit UnixProcessStatistics(const Host& host)
      : host_(host), ticks_per_second_(static_cast<double>(host.clock_ticks_per_second())) {}

  const cim::Class& cim_class() const override { return class_; }
  std::chrono::seconds sampling_interval() const override { return kLookInterval; }

  void sample() override {
    const auto pids = proc::list_pids(host_);
    if (!pids) return;
    std::vector<proc::ProcessUse> processes;
    processes.reserve(pids->size());
    for (const auto pid : *pids) {
      const auto text = host_.read_process_file(pid, "stat", kProcessFileLimit);
      if (!text) continue;
      if (const auto stat = proc::parse_process_stat(*text)) processes.push_back(proc::use_of(pid, *stat));
    }
    looks_.look(host_.now(), std::move(processes));
  }

  Result<void> enumerate(const Emit& emit) override {
    const auto pids = proc::list_pids(host_);
    if (!pids) return fail(pids.error());
    const auto common = read_common();
    if (!common) return fail(common.error());
    for (const auto pid : *pids) {
      if (auto row = instance(pid, *common)) emit(std::move(*row));
    }
    return {};
  }

  Result<void> find(const std::vector<cim::Selector>& keys, const Emit& emit) override {
    const auto handle = std::find_if(keys.begin(), keys.end(), [](const cim::Selector& key) {
      return cim::same_name(key.name, "Handle");
    });
    if (handle == keys.end()) return Provider::find(keys, emit);
    const auto pid = proc::number<std::uint32_t>(handle->value);
    if (!pid) return {};
    const auto common = read_common();
    if (!common) return fail(common.error());
    auto row = instance(*pid, *common);
    if (row && cim::selects(keys, *row)) emit(std::move(*row));
    return {};
  }

 private:
  // What all rows of one answer share.
  struct Common {
    std::chrono::steady_clock::time_point now;
    std::uint64_t memory_kilobytes = 0;
    cim::Instance blank;
  };

  Result<Common> read_common() const {
    const auto memory = proc::read_meminfo(host_);
    if (!memory) return fail(memory.error());
    cim::Instance blank(class_);
    blank.set("Caption", "Unix process information").set("Description", "A snapshot of a current process");
    blank.set("CSCreationClassName", proc::kSystemClass).set("CSName", host_.system_name().node);
    blank.set("OSCreationClassName", proc::kOperatingSystemClass).set("OSName", proc::kOperatingSystemName);
    blank.set("ProcessCreationClassName", kClassName);
    return Common{host_.now(), memory->total, std::move(blank)};
  }

  std::optional<cim::Instance> instance(std::uint32_t pid, const Common& common) const {
    const auto text = host_.read_process_file(pid, "stat", kProcessFileLimit);
    if (!text) return std::nullopt;
    const auto stat = proc::parse_process_stat(*text);
    if (!stat) return std::nullopt;
    cim::Instance row = common.blank;
    if (!stat->is_kernel_thread() && !set_sizes(row, pid)) return std::nullopt;
    row.set("Name", std::string(stat->name)).set("Handle", std::to_string(pid));
    row.set("CpuTimeDeadChildren", stat->children_user_ticks);
    row.set("SystemTimeDeadChildren", stat->children_system_ticks);
    const auto resident = stat->resident_pages * static_cast<std::uint64_t>(host_.page_bytes()) / 1024;
    row.set("UsedMemory", resident)
        .set("PercentUsedMemory", proc::percent(resident, common.memory_kilobytes));
    set_rates(row, looks_.growth(common.now, proc::use_of(pid, *stat)));
    return row;
  }

  // What the kernel tells of its address space; false for what is no process, or is none any more.
  bool set_sizes(cim::Instance& row, std::uint32_t pid) const {
    const auto status = host_.read_process_file(pid, "status", kProcessFileLimit);
    if (!status || proc::number_of(*status, "Tgid:") != pid) return false;  // threads can be opened, too
    for (const auto& size : kSizes) {
      if (const auto kilobytes = proc::number_of(*status, size.key)) row.set(size.property, *kilobytes);
    }
    const auto file = proc::number_of(*status, "RssFile:");
    const auto shared = proc::number_of(*status, "RssShmem:");
    if (file && shared) row.set("VirtualSharedMemory", *file + *shared);
    return true;
  }

  void set_rates(cim::Instance& row, const proc::ProcessLooks::Growth& growth) const {
    const auto& use = growth.use;
    const double seconds = std::chrono::duration<double>(growth.elapsed).count();
    row.set("CPUTime", share(use.user_ticks + use.system_ticks, seconds));
    row.set("PercentUserTime", share(use.user_ticks, seconds));
    row.set("PercentPrivilegedTime", share(use.system_ticks, seconds));
    row.set("PagesReadPerSec", proc::per_second(use.major_faults, growth.elapsed));
  }

  // Percent of one processor; a process that keeps several busy is at 100.
  std::uint64_t share(std::uint64_t ticks, double seconds) const {
    if (seconds <= 0) return 0;
    const auto percent = static_cast<double>(ticks) / ticks_per_second_ * 100.0 / seconds;
    return static_cast<std::uint64_t>(std::lround(std::min(100.0, percent)));
  }

  const Host& host_;
  const double ticks_per_second_;
  const cim::Class class_{kDecl};
  proc::ProcessLooks looks_;
};

}  // namespace

std::unique_ptr<Provider> make_unix_process_statistics(const Host& host) {
  return std::make_unique<UnixProcessStatistics>(host);
}

}  // namespace muster
