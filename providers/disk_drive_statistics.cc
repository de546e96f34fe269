// SPDX-License-Identifier: GPL-2.0-or-later
// How busy each disk of this machine is, and all of them together ("_Total").
//
// Units   rates and times are averages of the last minute; all 0 until there are two readings.
// Source  /proc/diskstats, of the disks in /sys/block (see providers/proc/disks.h).
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cim/schema.h"
#include "providers/proc/cached.h"
#include "providers/proc/constant_rows.h"
#include "providers/proc/disks.h"
#include "providers/proc/diskstats.h"
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
    {"Name", Type::string, Role::key, Unit::none, "name of the block device, or \"_Total\""},
    {"IsOnline", Type::boolean, Role::value, Unit::none, "constant TRUE: a disk that is gone is not listed"},
    {"PercentBusyTime", Type::uint8, Role::value, Unit::percent,
     "time with anything in flight; of the busiest disk in \"_Total\""},
    {"PercentIdleTime", Type::uint8, Role::value, Unit::percent, "100 - PercentBusyTime"},
    {"BytesPerSecond", Type::uint64, Role::value, Unit::bytes_per_second, "read and written"},
    {"ReadBytesPerSecond", Type::uint64, Role::value, Unit::bytes_per_second, "sectors read, of 512 bytes"},
    {"WriteBytesPerSecond", Type::uint64, Role::value, Unit::bytes_per_second,
     "sectors written, of 512 bytes"},
    {"TransfersPerSecond", Type::uint64, Role::value, Unit::transfers_per_second, "reads and writes"},
    {"ReadsPerSecond", Type::uint64, Role::value, Unit::transfers_per_second, "reads completed"},
    {"WritesPerSecond", Type::uint64, Role::value, Unit::transfers_per_second, "writes completed"},
    {"AverageReadTime", Type::real64, Role::value, Unit::seconds, "time of all reads / reads completed"},
    {"AverageWriteTime", Type::real64, Role::value, Unit::seconds, "time of all writes / writes completed"},
    {"AverageTransferTime", Type::real64, Role::value, Unit::seconds, "the same for both"},
    {"AverageDiskQueueLength", Type::real64, Role::value, Unit::none,
     "weighted time with transfers in flight / time; summed up in \"_Total\""},
};

constexpr cim::ClassDecl kDecl{"SCX_DiskDriveStatisticalInformation", &cim::kScxStatisticalInformation,
                               "1.3.4", "How busy the disks are.", kProperties};

using Disks = std::vector<proc::DiskTraffic>;

const proc::Traffic* traffic_of(const Disks& disks, std::string_view name) {
  const auto found = std::find_if(disks.begin(), disks.end(),
                                  [&](const proc::DiskTraffic& disk) { return disk.name == name; });
  return found != disks.end() ? &found->traffic : nullptr;
}

// Of one transfer.
double average_seconds(std::uint64_t milliseconds, std::uint64_t transfers) {
  return transfers == 0 ? 0.0 : static_cast<double>(milliseconds) / 1000.0 / static_cast<double>(transfers);
}

class DiskDriveStatistics final : public Provider {
 public:
  explicit DiskDriveStatistics(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }
  std::chrono::seconds sampling_interval() const override { return proc::kSamplingInterval; }

  void sample() override {
    if (const auto text = host_.read_file("/proc/diskstats")) {
      history_.add(host_.now(), proc::parse_diskstats(*text));
    }
  }

  Result<void> enumerate(const Emit& emit) override {
    const auto& disks = disks_.value(host_.now(), [this] { return proc::list_disks(host_); });
    if (!disks) return fail(disks.error());
    if (disks->empty()) return {};
    proc::Traffic total;
    std::uint64_t busiest = 0;
    for (const auto& disk : *disks) {
      const auto traffic = traffic_of(disk);
      const auto busy = percent_busy(traffic);
      emit(instance(disk, traffic, busy).set("IsAggregate", false));
      total += traffic;
      busiest = std::max(busiest, busy);
    }
    emit(instance("_Total", total, busiest).set("IsAggregate", true));
    return {};
  }

 private:
  proc::Traffic traffic_of(const std::string& disk) const {
    if (!history_.has_interval()) return {};
    const auto* before = muster::traffic_of(history_.oldest(), disk);
    const auto* after = muster::traffic_of(history_.newest(), disk);
    return before != nullptr && after != nullptr ? proc::between(*before, *after) : proc::Traffic{};
  }

  std::uint64_t percent_busy(const proc::Traffic& traffic) const {
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(history_.elapsed());
    return proc::percent(traffic.busy_milliseconds, static_cast<std::uint64_t>(elapsed.count()));
  }

  cim::Instance instance(std::string name, const proc::Traffic& traffic, std::uint64_t busy) const {
    cim::Instance row(class_);
    row.set("Caption", "Disk drive information");
    row.set("Description", "Performance statistics related to a physical unit of secondary storage");
    row.set("Name", std::move(name)).set("IsOnline", true);
    row.set("PercentBusyTime", busy).set("PercentIdleTime", 100 - busy);
    set_rate(row, "BytesPerSecond", traffic.read_bytes + traffic.written_bytes);
    set_rate(row, "ReadBytesPerSecond", traffic.read_bytes);
    set_rate(row, "WriteBytesPerSecond", traffic.written_bytes);
    set_rate(row, "TransfersPerSecond", traffic.reads + traffic.writes);
    set_rate(row, "ReadsPerSecond", traffic.reads);
    set_rate(row, "WritesPerSecond", traffic.writes);
    set_times(row, traffic);
    return row;
  }

  void set_rate(cim::Instance& row, std::string_view property, std::uint64_t amount) const {
    row.set(property, proc::per_second(amount, history_.elapsed()));
  }

  void set_times(cim::Instance& row, const proc::Traffic& traffic) const {
    row.set("AverageReadTime", average_seconds(traffic.read_milliseconds, traffic.reads));
    row.set("AverageWriteTime", average_seconds(traffic.write_milliseconds, traffic.writes));
    row.set("AverageTransferTime", average_seconds(traffic.read_milliseconds + traffic.write_milliseconds,
                                                   traffic.reads + traffic.writes));
    const auto elapsed = std::chrono::duration<double, std::milli>(history_.elapsed()).count();
    const auto queued = static_cast<double>(traffic.queue_milliseconds);
    row.set("AverageDiskQueueLength", elapsed > 0 ? queued / elapsed : 0.0);
  }

  const Host& host_;
  const cim::Class class_{kDecl};
  proc::Cached<Result<std::vector<std::string>>> disks_{
      proc::kSamplingInterval};  // as old as the figures may be
  proc::History<Disks> history_;
};

}  // namespace

std::unique_ptr<Provider> make_disk_drive_statistics(const Host& host) {
  return std::make_unique<DiskDriveStatistics>(host);
}

}  // namespace muster
