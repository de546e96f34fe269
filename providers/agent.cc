// SPDX-License-Identifier: GPL-2.0-or-later
// The agent itself and the machine it runs on: the class that a management server reads first. One instance.
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/version.gen.h"
#include "core/cim/schema.h"
#include "providers/proc/cached.h"
#include "providers/proc/constant_rows.h"
#include "providers/proc/cpuinfo.h"
#include "providers/proc/os_release.h"
#include "providers/provider.h"
#include "providers/registry.gen.h"

namespace muster {
namespace {

using cim::Role;
using cim::Type;
using cim::Unit;

constexpr cim::Property kProperties[] = {
    proc::kCaptionRow,
    {"Description", Type::string, Role::value, Unit::none, "program, version and date of the build"},
    {"Name", Type::string, Role::key, Unit::none, "constant \"scx\""},
    {"VersionString", Type::string, Role::value, Unit::none, "MAJOR.MINOR.REVISION-BUILD"},
    {"MajorVersion", Type::uint16, Role::value, Unit::none, "the build's version"},
    {"MinorVersion", Type::uint16, Role::value, Unit::none, "the build's version"},
    {"RevisionNumber", Type::uint16, Role::value, Unit::none, "the build's version"},
    {"BuildNumber", Type::uint16, Role::value, Unit::none, "constant 0"},
    {"BuildDate", Type::string, Role::value, Unit::none, "SOURCE_DATE_EPOCH of the build; null without"},
    {"Architecture", Type::string, Role::value, Unit::none,
     "x64 for x86_64, x86 for i386 to i686, else as uname says"},
    {"OSName", Type::string, Role::value, Unit::none, "NAME of os-release"},
    {"OSType", Type::string, Role::value, Unit::none, "constant \"Linux\""},
    {"OSVersion", Type::string, Role::value, Unit::none, "VERSION_ID of os-release"},
    {"KitVersionString", Type::string, Role::value, Unit::none, "null"},
    {"Hostname", Type::string, Role::value, Unit::none, "node name of uname"},
    {"OSAlias", Type::string, Role::value, Unit::none,
     "UniversalD where packages are .deb, UniversalR where they are .rpm, else Universal"},
    {"UnameArchitecture", Type::string, Role::value, Unit::none, "machine of uname"},
    {"MinActiveLogSeverityThreshold", Type::string, Role::value, Unit::none, "constant \"INFO\""},
    {"MachineType", Type::string, Role::value, Unit::none,
     "Virtual or Physical by the processor's hypervisor flag; Unknown where there are no flags"},
    {"PhysicalProcessors", Type::uint64, Role::value, Unit::none, "distinct physical ids of /proc/cpuinfo"},
    {"LogicalProcessors", Type::uint64, Role::value, Unit::none, "processors of /proc/cpuinfo"},
};

constexpr cim::ClassDecl kDecl{"SCX_Agent", &cim::kCimLogicalElement, "1.4.7",
                               "The monitoring agent: its version, and what kind of machine it runs on.",
                               kProperties};

// What an upgrade or an administrator changes: processors that are switched on or off, os-release.
constexpr std::chrono::seconds kSettingsLifetime{60};

std::string architecture(const std::string& machine) {
  if (machine == "x86_64") return "x64";
  const bool is_x86 = machine.size() == 4 && machine.front() == 'i' && machine.ends_with("86");
  return is_x86 ? "x86" : machine;
}

std::string alias(const proc::OsRelease& release) {
  for (const auto* family : {"debian", "ubuntu"}) {
    if (proc::is_like(release, family)) return "UniversalD";
  }
  for (const auto* family :
       {"rhel", "fedora", "centos", "suse", "opensuse", "sles", "amzn", "ol", "mariner", "azurelinux"}) {
    if (proc::is_like(release, family)) return "UniversalR";
  }
  return "Universal";
}

std::string machine_type(const proc::Cpuinfo& cpus) {
  if (!cpus.says_flags) return "Unknown";
  return cpus.hypervisor ? "Virtual" : "Physical";
}

class Agent final : public Provider {
 public:
  explicit Agent(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }

  Result<void> enumerate(const Emit& emit) override {
    const auto& cpus = cpus_.value(host_.now(), [this] { return read_cpus(); });
    if (!cpus) return fail(cpus.error());
    cim::Instance instance(class_);
    instance.set("Caption", "SCX Agent meta-information").set("Name", "scx");
    instance.set("MinActiveLogSeverityThreshold", "INFO");
    set_version(instance);
    set_machine(instance, *cpus);
    set_distribution(instance, release_.value(host_.now(), [this] { return proc::read_os_release(host_); }));
    emit(std::move(instance));
    return {};
  }

 private:
  Result<proc::Cpuinfo> read_cpus() const {
    // One block for each processor: large machines exceed the default limit.
    const auto text = host_.read_file("/proc/cpuinfo", std::size_t{8} << 20);
    if (!text) return fail(text.error());
    return proc::parse_cpuinfo(*text);
  }

  static void set_version(cim::Instance& instance) {
    const std::string_view date = kBuildDate;  // YYYY-MM-DD or empty
    instance
        .set("Description",
             "Muster " + std::string(kVersion) + (date.empty() ? "" : " - " + std::string(date)))
        .set("VersionString", std::string(kVersion) + "-0")
        .set("MajorVersion", std::uint64_t{kVersionMajor})
        .set("MinorVersion", std::uint64_t{kVersionMinor})
        .set("RevisionNumber", std::uint64_t{kVersionPatch})
        .set("BuildNumber", std::uint64_t{0});
    if (!date.empty()) instance.set("BuildDate", std::string(date) + "T00:00:00Z");
  }

  void set_machine(cim::Instance& instance, const proc::Cpuinfo& cpus) const {
    const auto name = host_.system_name();
    instance.set("Hostname", name.node)
        .set("UnameArchitecture", name.machine)
        .set("Architecture", architecture(name.machine))
        .set("MachineType", machine_type(cpus))
        .set("PhysicalProcessors", cpus.physical)
        .set("LogicalProcessors", cpus.logical);
  }

  static void set_distribution(cim::Instance& instance, const proc::OsRelease& release) {
    instance.set("OSType", "Linux")
        .set("OSName", release.name)
        .set("OSVersion", release.version_id)
        .set("OSAlias", alias(release));
  }

  const Host& host_;
  const cim::Class class_{kDecl};
  proc::Cached<Result<proc::Cpuinfo>> cpus_{kSettingsLifetime};
  proc::Cached<proc::OsRelease> release_{kSettingsLifetime};
};

}  // namespace

std::unique_ptr<Provider> make_agent(const Host& host) {
  return std::make_unique<Agent>(host);
}

}  // namespace muster
