// SPDX-License-Identifier: GPL-2.0-or-later
// The processes of this machine. One instance each.
//
// Limits  of a command line no more than proc::parse_arguments takes of its first kCommandLineLimit bytes.
// Errors  a process that ends while it is read is left out; that is no error.
// Source  /proc/PID/stat, status and cmdline; btime of /proc/stat for the date of a start.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cim/schema.h"
#include "providers/proc/busy_time.h"
#include "providers/proc/constant_rows.h"
#include "providers/proc/cpu_time.h"
#include "providers/proc/identity.h"
#include "providers/proc/process_list.h"
#include "providers/proc/process_stat.h"
#include "providers/proc/text.h"
#include "providers/proc/top_table.h"
#include "providers/proc/wire_time.h"
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
    {"PercentBusyTime", Type::uint8, Role::value, Unit::percent,
     "share of one processor during the last one or two minutes, at most 100"},
    {"UsedMemory", Type::uint64, Role::value, Unit::kilobytes, "resident set"},
};

constexpr char kClassName[] = "SCX_UnixProcess";
constexpr cim::Parameter kTopParameters[] = {
    {"resource", Type::string, cim::Direction::in, cim::Need::required, cim::Shape::scalar,
     "CPUTime, or a property of the class that is a number"},
    {"count", Type::uint16, cim::Direction::in, cim::Need::required, cim::Shape::scalar,
     "how many processes"},
    {"elevationType", Type::string, cim::Direction::in, cim::Need::optional, cim::Shape::scalar,
     "changes nothing"},
};
constexpr cim::Method kMethods[] = {
    {"TopResourceConsumers", Type::string, kTopParameters, "a table of the processes that use most of it"}};

constexpr cim::ClassDecl kDecl{kClassName,  &cim::kCimUnixProcess,   "1.3.0", "A process.",
                               kProperties, cim::Standing::concrete, kMethods};

constexpr std::size_t kProcessFileLimit = 4096;  // stat and status are far shorter
constexpr std::size_t kCommandLineLimit = std::size_t{8} * 1024;
constexpr std::chrono::seconds kLookInterval{60};

// Values of CIM_Process.ExecutionState.
std::uint64_t execution_state(char state) {
  switch (state) {
    case 'R': return 3;  // Running
    case 'S':            // sleeping
    case 'D':            // waiting for a disk
    case 'I': return 4;  // Blocked; I is an idle kernel thread
    case 'Z':
    case 'X':
    case 'x': return 7;  // Terminated
    case 'T':
    case 't': return 8;  // Stopped
    default: return 0;   // Unknown
  }
}

// CIM has no room for negative numbers here: the most urgent count as 0.
std::uint64_t not_negative(std::int64_t value) {
  return value > 0 ? static_cast<std::uint64_t>(value) : 0;
}

bool is_counted(const cim::Property& property) {
  if (property.shape == cim::Shape::array) return false;
  return property.type == Type::uint8 || property.type == Type::uint16 || property.type == Type::uint32 ||
         property.type == Type::uint64;
}

class UnixProcess final : public Provider {
 public:
  explicit UnixProcess(const Host& host)
      : host_(host), ticks_per_second_(static_cast<std::uint64_t>(host.clock_ticks_per_second())) {}

  const cim::Class& cim_class() const override { return class_; }
  std::chrono::seconds sampling_interval() const override { return kLookInterval; }

  void sample() override {
    const auto pids = proc::list_pids(host_);
    if (!pids) return;
    std::vector<proc::ProcessTicks> processes;
    processes.reserve(pids->size());
    for (const auto pid : *pids) {
      const auto text = host_.read_process_file(pid, "stat", kProcessFileLimit);
      if (!text) continue;
      if (const auto stat = proc::parse_process_stat(*text)) {
        processes.push_back({pid, stat->start_ticks, stat->ticks()});
      }
    }
    busy_time_.look(host_.now(), std::move(processes));
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

  // The method's one resource that is no property of this class: what PercentBusyTime tells.
  static constexpr std::string_view kCpuTime = "CPUTime";

  Result<cim::Arguments> invoke(const cim::Invocation& call) override {
    const std::string resource = cim::text_of(call.arguments, "resource");
    const auto property = class_.index_of(cim::same_name(resource, kCpuTime) ? "PercentBusyTime" : resource);
    if (!property || !is_counted(class_.properties()[*property])) {
      return fail(Errc::malformed,
                  "resource: " + resource + " is neither CPUTime nor a number of this class");
    }
    std::vector<proc::Consumer> consumers;
    const auto asked = enumerate([&](const cim::Instance& each) {
      const auto* used = std::get_if<std::uint64_t>(&each.values()[*property]);
      if (used == nullptr) return;
      consumers.push_back(
          {cim::scalar_text(each.value("Handle")), cim::scalar_text(each.value("Name")), *used});
    });
    if (!asked) return fail(asked.error());
    const auto count = cim::number_of(call.arguments, "count");
    return cim::Arguments{
        {std::string(cim::kReturnValue),
         {proc::top_table(resource, std::move(consumers), static_cast<std::size_t>(count))}}};
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
    std::chrono::system_clock::time_point boot;
    std::chrono::steady_clock::time_point now;
    cim::Instance blank;
  };

  Result<Common> read_common() const {
    const auto text = host_.read_file("/proc/stat", proc::kStatLimit);
    if (!text) return fail(text.error());
    const auto boot = proc::number_of(*text, "btime");
    if (!boot) return fail(Errc::malformed, "/proc/stat: no btime");
    cim::Instance blank(class_);
    blank.set("Caption", "Unix process information").set("Description", "A snapshot of a current process");
    blank.set("CSCreationClassName", proc::kSystemClass).set("CSName", host_.system_name().node);
    blank.set("OSCreationClassName", proc::kOperatingSystemClass).set("OSName", proc::kOperatingSystemName);
    blank.set("CreationClassName", kClassName);
    return Common{std::chrono::system_clock::time_point(std::chrono::seconds(*boot)), host_.now(),
                  std::move(blank)};
  }

  std::optional<cim::Instance> instance(std::uint32_t pid, const Common& common) const {
    const auto text = host_.read_process_file(pid, "stat", kProcessFileLimit);
    if (!text) return std::nullopt;
    const auto stat = proc::parse_process_stat(*text);
    if (!stat) return std::nullopt;
    cim::Instance row = common.blank;
    if (!set_owner(row, pid, *stat)) return std::nullopt;
    set_identity(row, pid, *stat);
    set_figures(row, *stat);
    row.set("CreationDate", proc::wire_time(common.boot + since_boot(stat->start_ticks)));
    row.set("PercentBusyTime", busy_time_.percent(common.now, {pid, stat->start_ticks, stat->ticks()}));
    return row;
  }

  // Whose it is and what it was called with; false for what is no process, or is none any more.
  bool set_owner(cim::Instance& row, std::uint32_t pid, const proc::ProcessStat& stat) const {
    if (stat.is_kernel_thread()) {
      row.set("RealUserID", std::uint64_t{0});
      return true;
    }
    const auto status = host_.read_process_file(pid, "status", kProcessFileLimit);
    if (!status) return false;
    const auto user = proc::number_of(*status, "Uid:");
    if (!user || proc::number_of(*status, "Tgid:") != pid) return false;  // threads can be opened, too
    row.set("RealUserID", *user);
    const auto cmdline = host_.read_process_file(pid, "cmdline", kCommandLineLimit);
    if (cmdline && !cmdline->empty()) row.set("Parameters", proc::parse_arguments(*cmdline));
    return true;
  }

  static void set_identity(cim::Instance& row, std::uint32_t pid, const proc::ProcessStat& stat) {
    row.set("Name", std::string(stat.name)).set("Handle", std::to_string(pid));
    row.set("ParentProcessID", std::to_string(stat.parent));
    row.set("ProcessGroupID", not_negative(stat.group)).set("ProcessSessionID", not_negative(stat.session));
    row.set("ProcessWaitingForEvent", std::to_string(stat.waiting_in));
    if (auto terminal = proc::terminal_name(stat.terminal); !terminal.empty()) {
      row.set("ProcessTTY", std::move(terminal));
    }
  }

  void set_figures(cim::Instance& row, const proc::ProcessStat& stat) const {
    row.set("ExecutionState", execution_state(stat.state));
    row.set("Priority", not_negative(stat.priority)).set("ProcessNiceValue", not_negative(stat.nice));
    row.set("KernelModeTime", milliseconds(stat.system_ticks))
        .set("UserModeTime", milliseconds(stat.user_ticks));
    row.set("UsedMemory", stat.resident_pages * static_cast<std::uint64_t>(host_.page_bytes()) / 1024);
  }

  std::uint64_t milliseconds(std::uint64_t ticks) const { return ticks * 1000 / ticks_per_second_; }

  std::chrono::milliseconds since_boot(std::uint64_t ticks) const {
    return std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds(ticks)));
  }

  const Host& host_;
  const std::uint64_t ticks_per_second_;
  const cim::Class class_{kDecl};
  proc::BusyTime busy_time_{host_.clock_ticks_per_second()};
};

}  // namespace

std::unique_ptr<Provider> make_unix_process(const Host& host) {
  return std::make_unique<UnixProcess>(host);
}

}  // namespace muster
