// SPDX-License-Identifier: GPL-2.0-or-later
// How full and how busy each file system of this machine's disks is, and all of them together ("_Total").
//
// Units   mebibytes, rounded down; percent used rounded up as df(1) does; rates are averages of the last
//         minute.
// Source  /proc/1/mountinfo, statvfs(3), and the traffic of the device below from /proc/diskstats.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cim/schema.h"
#include "providers/proc/constant_rows.h"
#include "providers/proc/diskstats.h"
#include "providers/proc/mounts.h"
#include "providers/proc/rates.h"
#include "providers/proc/space.h"
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
    {"Name", Type::string, Role::key, Unit::none, "mount point, or \"_Total\""},
    {"IsOnline", Type::boolean, Role::value, Unit::none, "whether statvfs answered"},
    {"FreeMegabytes", Type::uint64, Role::value, Unit::megabytes,
     "f_bavail: what ordinary users may still take"},
    {"UsedMegabytes", Type::uint64, Role::value, Unit::megabytes, "f_blocks - f_bfree"},
    {"PercentFreeSpace", Type::uint8, Role::value, Unit::percent, "100 - PercentUsedSpace"},
    {"PercentUsedSpace", Type::uint8, Role::value, Unit::percent, "used / (used + free), rounded up"},
    {"PercentFreeInodes", Type::uint8, Role::value, Unit::percent, "100 - PercentUsedInodes"},
    {"PercentUsedInodes", Type::uint8, Role::value, Unit::percent,
     "(f_files - f_ffree) / f_files, rounded up; 0 without inodes"},
    {"PercentBusyTime", Type::uint8, Role::value, Unit::percent, "null"},
    {"PercentIdleTime", Type::uint8, Role::value, Unit::percent, "null"},
    {"BytesPerSecond", Type::uint64, Role::value, Unit::bytes_per_second, "read and written"},
    {"ReadBytesPerSecond", Type::uint64, Role::value, Unit::bytes_per_second, "sectors read, of 512 bytes"},
    {"WriteBytesPerSecond", Type::uint64, Role::value, Unit::bytes_per_second,
     "sectors written, of 512 bytes"},
    {"TransfersPerSecond", Type::uint64, Role::value, Unit::transfers_per_second, "reads and writes"},
    {"ReadsPerSecond", Type::uint64, Role::value, Unit::transfers_per_second, "reads completed"},
    {"WritesPerSecond", Type::uint64, Role::value, Unit::transfers_per_second, "writes completed"},
    {"AverageTransferTime", Type::real64, Role::value, Unit::seconds, "null"},
    {"AverageDiskQueueLength", Type::real64, Role::value, Unit::none, "null"},
};

constexpr cim::ClassDecl kDecl{"SCX_FileSystemStatisticalInformation", &cim::kScxStatisticalInformation,
                               "1.4.8", "How full and how busy the file systems are.", kProperties};

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

using Disks = std::vector<proc::DiskTraffic>;

// Figures of one file system, or of all.
struct Figures {
  proc::Space bytes;
  proc::Space inodes;
  proc::Traffic traffic;

  Figures& operator+=(const Figures& other) {
    bytes += other.bytes;
    inodes += other.inodes;
    traffic += other.traffic;
    return *this;
  }
};

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

const proc::Traffic* traffic_of(const Disks& disks, proc::Device device, std::string_view name) {
  const auto found = std::find_if(disks.begin(), disks.end(), [&](const proc::DiskTraffic& disk) {
    return device.major != 0 ? disk.device == device : disk.name == name;
  });
  return found != disks.end() ? &found->traffic : nullptr;
}

class FileSystemStatistics final : public Provider {
 public:
  explicit FileSystemStatistics(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }
  std::chrono::seconds sampling_interval() const override { return proc::kSamplingInterval; }

  void sample() override {
    if (const auto text = host_.read_file("/proc/diskstats")) {
      history_.add(host_.now(), proc::parse_diskstats(*text));
    }
  }

  Result<void> enumerate(const Emit& emit) override {
    const auto usages = proc::read_usages(host_);
    if (!usages) return fail(usages.error());
    Figures total;
    for (const auto& [mount, usage] : *usages) {
      auto row = instance(mount.point);
      row.set("IsAggregate", false).set("IsOnline", usage.has_value());
      if (usage) {
        const Figures figures{proc::bytes_of(*usage), proc::inodes_of(*usage), traffic_below(mount)};
        set_figures(row, figures);
        total += figures;
      }
      emit(std::move(row));
    }
    auto row = instance("_Total");
    row.set("IsAggregate", true).set("IsOnline", true);
    set_figures(row, total);
    emit(std::move(row));
    return {};
  }

 private:
  // btrfs and the like have no device number of their own: the name of what was mounted tells, perhaps a link
  // such as /dev/mapper/vg-root -> ../dm-0.
  std::string device_name(const proc::Mount& mount) const {
    if (!mount.source.starts_with("/dev/")) return {};
    const auto target = host_.read_link(mount.source);
    return std::string(last_part(target ? *target : mount.source));
  }

  proc::Traffic traffic_below(const proc::Mount& mount) const {
    if (!history_.has_interval()) return {};
    const auto name = mount.device.major == 0 ? device_name(mount) : std::string();
    const auto* before = traffic_of(history_.oldest(), mount.device, name);
    const auto* after = traffic_of(history_.newest(), mount.device, name);
    return before != nullptr && after != nullptr ? proc::between(*before, *after) : proc::Traffic{};
  }

  cim::Instance instance(std::string name) const {
    cim::Instance row(class_);
    row.set("Caption", "File system information");
    row.set("Description", "Performance statistics related to a logical unit of secondary storage");
    row.set("Name", std::move(name));
    return row;
  }

  void set_figures(cim::Instance& row, const Figures& figures) const {
    const auto used = figures.bytes.percent_used();
    const auto used_inodes = figures.inodes.percent_used();
    row.set("FreeMegabytes", figures.bytes.free / kMebibyte)
        .set("UsedMegabytes", figures.bytes.used / kMebibyte);
    row.set("PercentFreeSpace", 100 - used).set("PercentUsedSpace", used);
    row.set("PercentFreeInodes", 100 - used_inodes).set("PercentUsedInodes", used_inodes);
    set_rate(row, "BytesPerSecond", figures.traffic.read_bytes + figures.traffic.written_bytes);
    set_rate(row, "ReadBytesPerSecond", figures.traffic.read_bytes);
    set_rate(row, "WriteBytesPerSecond", figures.traffic.written_bytes);
    set_rate(row, "TransfersPerSecond", figures.traffic.reads + figures.traffic.writes);
    set_rate(row, "ReadsPerSecond", figures.traffic.reads);
    set_rate(row, "WritesPerSecond", figures.traffic.writes);
  }

  void set_rate(cim::Instance& row, std::string_view property, std::uint64_t amount) const {
    row.set(property, proc::per_second(amount, history_.elapsed()));
  }

  const Host& host_;
  const cim::Class class_{kDecl};
  proc::History<Disks> history_;
};

}  // namespace

std::unique_ptr<Provider> make_file_system_statistics(const Host& host) {
  return std::make_unique<FileSystemStatistics>(host);
}

}  // namespace muster
