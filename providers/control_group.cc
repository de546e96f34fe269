// SPDX-License-Identifier: GPL-2.0-or-later
// What each control group (a slice, service or scope of systemd, a container) has used of the machine. One
// instance each.
//
// Limits  groups of version 2 alone; see providers/proc/cgroups.h for how deep and how many. A controller that
//         is not switched on for a group leaves its figures null.
// Source  cpu.stat, memory.*, io.stat and pids.* of the group.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/cim/schema.h"
#include "providers/proc/cgroups.h"
#include "providers/proc/text.h"
#include "providers/provider.h"
#include "providers/registry.gen.h"

namespace muster {
namespace {

using cim::Role;
using cim::Type;
using cim::Unit;

constexpr cim::Property kProperties[] = {
    {"Name", Type::string, Role::key, Unit::none, "path of the group, \"/system.slice/ssh.service\""},
    {"ProcessorTime", Type::uint64, Role::value, Unit::milliseconds, "usage_usec of cpu.stat"},
    {"UserTime", Type::uint64, Role::value, Unit::milliseconds, "user_usec"},
    {"SystemTime", Type::uint64, Role::value, Unit::milliseconds, "system_usec"},
    {"ThrottledTime", Type::uint64, Role::value, Unit::milliseconds,
     "throttled_usec: kept waiting by CPUQuota="},
    {"UsedMemory", Type::uint64, Role::value, Unit::bytes, "memory.current, page cache included"},
    {"MemoryLimit", Type::uint64, Role::value, Unit::bytes, "memory.max; null without"},
    {"UsedSwap", Type::uint64, Role::value, Unit::bytes, "memory.swap.current"},
    {"OutOfMemoryKills", Type::uint64, Role::value, Unit::none, "oom_kill of memory.events"},
    {"ReadBytes", Type::uint64, Role::value, Unit::bytes, "rbytes of io.stat, all devices"},
    {"WrittenBytes", Type::uint64, Role::value, Unit::bytes, "wbytes of io.stat, all devices"},
    {"Tasks", Type::uint64, Role::value, Unit::none, "pids.current: processes and threads"},
    {"TaskLimit", Type::uint64, Role::value, Unit::none, "pids.max; null without"},
};

constexpr cim::ClassDecl kDecl{"Muster_ControlGroup", &cim::kCimStatisticalInformation, "1.0.0",
                               "What a control group has used since it was made, and holds now.",
                               kProperties};

// Property -> the line of cpu.stat that holds it, in microseconds.
struct Time {
  std::string_view property;
  std::string_view key;
};
constexpr Time kTimes[] = {{"ProcessorTime", "usage_usec"},
                           {"UserTime", "user_usec"},
                           {"SystemTime", "system_usec"},
                           {"ThrottledTime", "throttled_usec"}};

// Property -> the file that holds it alone.
struct Level {
  std::string_view property;
  std::string_view file;
};
constexpr Level kLevels[] = {{"UsedMemory", "/memory.current"},
                             {"MemoryLimit", "/memory.max"},
                             {"UsedSwap", "/memory.swap.current"},
                             {"Tasks", "/pids.current"},
                             {"TaskLimit", "/pids.max"}};

constexpr std::size_t kFileLimit = std::size_t{64} * 1024;

class ControlGroup final : public Provider {
 public:
  explicit ControlGroup(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }

  Result<void> enumerate(const Emit& emit) override {
    const auto root = proc::group_root(host_);
    if (!root) return {};
    for (const auto& group : proc::list_groups(host_, *root)) emit(instance(*root, group));
    return {};
  }

 private:
  Result<std::string> read(const std::string& folder, std::string_view file) const {
    return host_.read_start(std::string(folder).append(file), kFileLimit);
  }

  cim::Instance instance(const std::string& root, const std::string& group) const {
    const auto folder = root + group;
    cim::Instance row(class_);
    row.set("Name", group);
    if (const auto text = read(folder, "/cpu.stat")) {
      for (const auto& time : kTimes) {
        if (const auto used = proc::number_of(*text, time.key)) row.set(time.property, *used / 1000);
      }
    }
    for (const auto& level : kLevels) {
      const auto text = read(folder, level.file);
      const auto value = text ? proc::parse_group_number(*text) : std::nullopt;
      if (value) row.set(level.property, *value);
    }
    if (const auto text = read(folder, "/memory.events")) {
      if (const auto kills = proc::number_of(*text, "oom_kill")) row.set("OutOfMemoryKills", *kills);
    }
    if (const auto text = read(folder, "/io.stat")) {
      const auto io = proc::parse_group_io(*text);
      row.set("ReadBytes", io.read_bytes).set("WrittenBytes", io.written_bytes);
    }
    return row;
  }

  const Host& host_;
  const cim::Class class_{kDecl};
};

}  // namespace

std::unique_ptr<Provider> make_control_group(const Host& host) {
  return std::make_unique<ControlGroup>(host);
}

}  // namespace muster
