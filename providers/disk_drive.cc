// SPDX-License-Identifier: GPL-2.0-or-later
// The disks of this machine. One instance each.
//
// Limits  see providers/proc/disks.h for what is no disk.
// Source  /sys/block
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/cim/schema.h"
#include "providers/proc/constant_rows.h"
#include "providers/proc/disks.h"
#include "providers/proc/identity.h"
#include "providers/proc/remove_by_name.h"
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
    {"Name", Type::string, Role::value, Unit::none, "name of the block device"},
    {"IsOnline", Type::boolean, Role::value, Unit::none, "constant TRUE: a disk that is gone is not listed"},
    {"InterfaceType", Type::string, Role::value, Unit::none,
     "NVMe, SCSI (SATA and USB, too), Virtio, Xen, IDE, MMC, DASD or NVDIMM by the device's name; else null"},
    {"Manufacturer", Type::string, Role::value, Unit::none, "device/vendor; null for a bare number"},
    {"Model", Type::string, Role::value, Unit::none, "device/model"},
    {"TotalCylinders", Type::uint64, Role::value, Unit::none, "null: disks are addressed by block"},
    {"TotalHeads", Type::uint64, Role::value, Unit::none, "null"},
    {"TotalSectors", Type::uint64, Role::value, Unit::none, "size, in sectors of 512 bytes"},
    {"TotalTracks", Type::uint64, Role::value, Unit::none, "null"},
    {"TracksPerCylinder", Type::uint64, Role::value, Unit::none, "null"},
};

constexpr char kClassName[] = "SCX_DiskDrive";
constexpr cim::Method kMethods[] = {proc::kRemoveByName};
constexpr cim::ClassDecl kDecl{kClassName,  &cim::kCimDiskDrive,     "1.3.1", "A disk.",
                               kProperties, cim::Standing::concrete, kMethods};

constexpr std::uint64_t kSectorBytes = 512;

class DiskDrive final : public Provider {
 public:
  explicit DiskDrive(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }

  Result<void> enumerate(const Emit& emit) override {
    const auto disks = proc::list_disks(host_);
    if (!disks) return fail(disks.error());
    const auto node = host_.system_name().node;
    for (const auto& disk : *disks) emit(instance(disk, node));
    return {};
  }

  Result<cim::Arguments> invoke(const cim::Invocation& call) override {
    return proc::remove_by_name(*this, call);
  }

 private:
  cim::Instance instance(const std::string& disk, const std::string& node) const {
    cim::Instance row(class_);
    row.set("Caption", "Disk drive information");
    row.set("Description", "Information pertaining to a physical unit of secondary storage");
    row.set("Name", disk).set("DeviceID", disk).set("CreationClassName", kClassName);
    row.set("SystemCreationClassName", proc::kSystemClass).set("SystemName", node);
    row.set("IsOnline", true);
    if (const auto kind = proc::interface_of(disk); !kind.empty()) {
      row.set("InterfaceType", std::string(kind));
    }
    const auto vendor = proc::disk_fact(host_, disk, "device/vendor");
    if (!vendor.empty() && !vendor.starts_with("0x")) row.set("Manufacturer", vendor);
    const auto model = proc::disk_fact(host_, disk, "device/model");
    if (!model.empty()) row.set("Model", model);
    set_sizes(row, disk);
    return row;
  }

  void set_sizes(cim::Instance& row, const std::string& disk) const {
    if (const auto sectors = proc::number<std::uint64_t>(proc::disk_fact(host_, disk, "size"))) {
      row.set("TotalSectors", *sectors).set("MaxMediaSize", *sectors * kSectorBytes);
    }
    const auto block = proc::number<std::uint64_t>(proc::disk_fact(host_, disk, "queue/logical_block_size"));
    if (block) row.set("DefaultBlockSize", *block);
  }

  const Host& host_;
  const cim::Class class_{kDecl};
};

}  // namespace

std::unique_ptr<Provider> make_disk_drive(const Host& host) {
  return std::make_unique<DiskDrive>(host);
}

}  // namespace muster
