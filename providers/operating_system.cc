// SPDX-License-Identifier: GPL-2.0-or-later
// The operating system: which one it is, its clock, its memory and how many processes and users it has. One
// instance.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/cim/schema.h"
#include "providers/proc/cached.h"
#include "providers/proc/identity.h"
#include "providers/proc/meminfo.h"
#include "providers/proc/os_release.h"
#include "providers/proc/process_list.h"
#include "providers/proc/sessions.h"
#include "providers/proc/text.h"
#include "providers/proc/wire_time.h"
#include "providers/provider.h"
#include "providers/registry.gen.h"

namespace muster {
namespace {

using cim::Role;
using cim::Type;
using cim::Unit;

constexpr cim::Property kProperties[] = {
    {"OperatingSystemCapability", Type::string, Role::value, Unit::none,
     R"("64 bit" or "32 bit", by the machine of uname)"},
    {"SystemUpTime", Type::uint64, Role::value, Unit::seconds, "/proc/uptime"},
};

// Carried out by agent/executor, as the caller.
using cim::Direction;
using cim::Need;
constexpr cim::Parameter kReturnCode{
    "ReturnCode",
    Type::sint32,
    Direction::out,
    Need::optional,
    cim::Shape::scalar,
    "exit status; 128 and the number of the signal that ended it; -1 when its "
    "time was over"};
constexpr cim::Parameter kStdOut{"StdOut",           Type::string,
                                 Direction::out,     Need::optional,
                                 cim::Shape::scalar, "what it wrote; both together are cut after 60 KiB"};
constexpr cim::Parameter kStdErr{"StdErr",           Type::string,
                                 Direction::out,     Need::optional,
                                 cim::Shape::scalar, "the same, and what the agent has to say"};
constexpr cim::Parameter kTimeout{"timeout",          Type::uint32,
                                  Direction::in,      Need::optional,
                                  cim::Shape::scalar, "seconds; 0: as long as the operation may take"};
constexpr cim::Parameter kElevation{"ElevationType", Type::string,       Direction::in,
                                    Need::optional,  cim::Shape::scalar, "empty, or sudo"};
constexpr cim::Parameter kEncoded{"b64encoded",   Type::boolean,      Direction::in,
                                  Need::optional, cim::Shape::scalar, "whether the text to run is in base64"};

constexpr cim::Parameter kCommandParameters[] = {
    {"Command", Type::string, Direction::in, Need::required, cim::Shape::scalar,
     "a program and its arguments; no shell sees them"},
    kReturnCode,
    kStdOut,
    kStdErr,
    kTimeout,
    kElevation,
};
constexpr cim::Parameter kShellParameters[] = {
    {"Command", Type::string, Direction::in, Need::required, cim::Shape::scalar, "for /bin/sh -c"},
    kReturnCode,
    kStdOut,
    kStdErr,
    kTimeout,
    kElevation,
    kEncoded,
};
constexpr cim::Parameter kScriptParameters[] = {
    {"Script", Type::string, Direction::in, Need::required, cim::Shape::scalar,
     "its text; without #! it is for /bin/sh"},
    {"Arguments", Type::string, Direction::in, Need::optional, cim::Shape::scalar, "split like a command"},
    kReturnCode,
    kStdOut,
    kStdErr,
    kTimeout,
    kElevation,
    kEncoded,
};
constexpr char kWellDone[] = "TRUE when the exit status is 0";
constexpr cim::Method kMethods[] = {
    {"ExecuteCommand", Type::boolean, kCommandParameters, kWellDone},
    {"ExecuteShellCommand", Type::boolean, kShellParameters, kWellDone},
    {"ExecuteScript", Type::boolean, kScriptParameters, kWellDone},
};

constexpr cim::ClassDecl kDecl{"SCX_OperatingSystem",
                               &cim::kCimOperatingSystem,
                               "1.3.7",
                               "The operating system, its limits and how far they are used.",
                               kProperties,
                               cim::Standing::concrete,
                               kMethods};

// Values of CIM_EnabledLogicalElement and CIM_OperatingSystem.
constexpr std::uint64_t kNotApplicable = 5;
constexpr std::uint64_t kNoRequest = 12;
constexpr std::uint64_t kEnabledByDefault = 2;
constexpr std::uint64_t kLinux = 36;

// Figures of one moment: whoever asks thousands of times a second is told the same for that long.
constexpr std::chrono::milliseconds kMoment{100};
// Counting processes lists /proc; clients that ask for the class more often get the same answer.
constexpr std::chrono::seconds kCountLifetime{1};
// Listing sessions reads a file for each where there is no utmp.
constexpr std::chrono::seconds kUsersLifetime{5};
// What an upgrade or an administrator changes: os-release and the limits.
constexpr std::chrono::seconds kSettingsLifetime{60};

std::string title(const proc::OsRelease& release, const SystemName& name) {
  const auto version = release.version_id.empty() ? "" : " " + release.version_id;
  return release.name + version + " (" + name.machine + ")";
}

bool is_64_bit(std::string_view machine) {
  return machine.find("64") != std::string_view::npos || machine == "s390x";
}

class OperatingSystem final : public Provider {
 public:
  explicit OperatingSystem(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }

  Result<void> enumerate(const Emit& emit) override {
    const auto& memory = memory_.value(host_.now(), [this] { return proc::read_meminfo(host_); });
    if (!memory) return fail(memory.error());
    const auto& uptime = uptime_.value(host_.now(), [this] { return read_uptime(); });
    if (!uptime) return fail(uptime.error());
    const auto processes = count_processes();
    if (!processes) return fail(processes.error());
    cim::Instance instance(class_);
    set_identity(instance);
    set_time(instance, *uptime);
    set_memory(instance, *memory);
    set_limits(instance);
    instance.set("NumberOfProcesses", *processes).set("NumberOfUsers", count_users());
    emit(std::move(instance));
    return {};
  }

 private:
  struct Limits {
    std::uint64_t processes;
    std::uint64_t processes_of_one_user;
  };

  Result<std::uint64_t> read_uptime() const {
    const auto text = host_.read_file("/proc/uptime", 256);
    if (!text) return fail(text.error());
    const auto seconds = proc::number<std::uint64_t>(std::string_view(*text).substr(0, text->find('.')));
    if (!seconds) return fail(Errc::malformed, "/proc/uptime: does not begin with a number");
    return *seconds;
  }

  Result<std::uint64_t> count_processes() {
    if (counted_ && host_.now() - counted_->at < kCountLifetime) return counted_->processes;
    const auto pids = proc::list_pids(host_);
    if (!pids) return fail(pids.error());
    counted_ = Count{host_.now(), pids->size()};
    return counted_->processes;
  }

  std::uint64_t count_users() {
    return users_.value(host_.now(), [this] { return proc::count_sessions(host_); });
  }

  std::optional<std::uint64_t> read_number(std::string_view path) const {
    const auto text = host_.read_file(path, 256);
    if (!text) return std::nullopt;
    return proc::number<std::uint64_t>(std::string_view(*text).substr(0, text->find('\n')));
  }

  void set_identity(cim::Instance& instance) {
    const auto name = host_.system_name();
    const auto& release = release_.value(host_.now(), [this] { return proc::read_os_release(host_); });
    const auto caption = title(release, name);
    instance.set("Caption", caption).set("Description", caption);
    instance.set("Name", proc::kOperatingSystemName).set("CreationClassName", proc::kOperatingSystemClass);
    instance.set("CSCreationClassName", proc::kSystemClass).set("CSName", name.node);
    instance.set("EnabledState", kNotApplicable).set("RequestedState", kNoRequest);
    instance.set("EnabledDefault", kEnabledByDefault)
        .set("OSType", kLinux)
        .set("Version", release.version_id);
    instance.set("OtherTypeDescription", name.release + " " + name.version + " " + name.machine);
    instance.set("OperatingSystemCapability", is_64_bit(name.machine) ? "64 bit" : "32 bit");
  }

  void set_time(cim::Instance& instance, std::uint64_t uptime) const {
    instance.set("LocalDateTime", proc::wire_time(host_.wall_clock()));
    instance.set("CurrentTimeZone", std::int64_t{host_.utc_offset().count()}).set("SystemUpTime", uptime);
  }

  static void set_memory(cim::Instance& instance, const proc::Meminfo& memory) {
    instance.set("TotalVisibleMemorySize", memory.total).set("FreePhysicalMemory", memory.available);
    instance.set("TotalVirtualMemorySize", memory.total + memory.swap_total);
    instance.set("FreeVirtualMemory", memory.available + memory.swap_free);
    instance.set("TotalSwapSpaceSize", memory.swap_total).set("SizeStoredInPagingFiles", memory.swap_total);
    instance.set("FreeSpaceInPagingFiles", memory.swap_free);
    instance.set("MaxProcessMemorySize", std::uint64_t{0});  // CIM: 0 says that there is no limit
  }

  // Every process takes a thread and a number of its own; the scarcer one is the limit.
  Limits read_limits() const {
    const auto threads = read_number("/proc/sys/kernel/threads-max");
    const auto pids = read_number("/proc/sys/kernel/pid_max");
    const auto most = threads && pids ? std::min(*threads, *pids) : threads.value_or(pids.value_or(0));
    return {most, std::min(most, most_for_one_user().value_or(most))};
  }

  void set_limits(cim::Instance& instance) {
    const auto& limits = limits_.value(host_.now(), [this] { return read_limits(); });
    instance.set("NumberOfLicensedUsers", std::uint64_t{0});  // CIM: 0 says unlimited
    instance.set("MaxNumberOfProcesses", limits.processes)
        .set("MaxProcessesPerUser", limits.processes_of_one_user);
  }

  // The limit that sessions inherit from process 1: ours may be narrower.
  std::optional<std::uint64_t> most_for_one_user() const {
    const auto limits = host_.read_file("/proc/1/limits", 8192);
    return limits ? proc::number_of(*limits, "Max processes") : std::nullopt;
  }

  struct Count {
    std::chrono::steady_clock::time_point at;
    std::uint64_t processes;
  };

  const Host& host_;
  const cim::Class class_{kDecl};
  proc::Cached<Result<proc::Meminfo>> memory_{kMoment};
  proc::Cached<Result<std::uint64_t>> uptime_{kMoment};
  std::optional<Count> counted_;
  proc::Cached<std::uint64_t> users_{kUsersLifetime};
  proc::Cached<proc::OsRelease> release_{kSettingsLifetime};
  proc::Cached<Limits> limits_{kSettingsLifetime};
};

}  // namespace

std::unique_ptr<Provider> make_operating_system(const Host& host) {
  return std::make_unique<OperatingSystem>(host);
}

}  // namespace muster
