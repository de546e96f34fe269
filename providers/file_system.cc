// SPDX-License-Identifier: GPL-2.0-or-later
// The file systems of this machine's disks: where they are mounted, their kind and their size. One instance
// each.
//
// Limits  see providers/proc/mounts.h for what is left out, above all everything that could hang.
// Source  /proc/1/mountinfo, statvfs(3). A file system that cannot be asked is not online and has no figures.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/cim/schema.h"
#include "providers/proc/constant_rows.h"
#include "providers/proc/identity.h"
#include "providers/proc/mounts.h"
#include "providers/proc/remove_by_name.h"
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
    {"IsOnline", Type::boolean, Role::value, Unit::none, "whether statvfs answered"},
    {"TotalInodes", Type::uint64, Role::value, Unit::none, "f_files"},
    {"FreeInodes", Type::uint64, Role::value, Unit::none, "f_ffree"},
};

constexpr char kClassName[] = "SCX_FileSystem";
constexpr cim::Method kMethods[] = {proc::kRemoveByName};
constexpr cim::ClassDecl kDecl{
    kClassName,  &cim::kCimFileSystem,    "1.4.5", "A mounted file system on a disk.",
    kProperties, cim::Standing::concrete, kMethods};

constexpr std::uint64_t kPersistent = 2;  // CIM_FileSystem.PersistenceType

bool is_case_sensitive(std::string_view type) {
  return type != "vfat" && type != "msdos" && type != "exfat";
}

class FileSystem final : public Provider {
 public:
  explicit FileSystem(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }

  Result<void> enumerate(const Emit& emit) override {
    const auto usages = proc::read_usages(host_);
    if (!usages) return fail(usages.error());
    const auto node = host_.system_name().node;
    for (const auto& [mount, usage] : *usages) emit(instance(mount, usage, node));
    return {};
  }

  Result<cim::Arguments> invoke(const cim::Invocation& call) override {
    return proc::remove_by_name(*this, call);
  }

 private:
  cim::Instance instance(const proc::Mount& mount, const std::optional<FileSystemUsage>& usage,
                         const std::string& node) const {
    cim::Instance row(class_);
    row.set("Caption", "File system information");
    row.set("Description", "Information about a logical unit of secondary storage");
    row.set("Name", mount.point).set("Root", mount.point).set("CreationClassName", kClassName);
    row.set("CSCreationClassName", proc::kSystemClass).set("CSName", node);
    row.set("FileSystemType", mount.type)
        .set("PersistenceType", kPersistent)
        .set("ReadOnly", mount.read_only);
    row.set("EncryptionMethod", "Not Encrypted").set("CompressionMethod", "Not Compressed");
    row.set("CaseSensitive", is_case_sensitive(mount.type)).set("CasePreserved", true);
    row.set("IsOnline", usage.has_value());
    if (usage) set_figures(row, *usage);
    return row;
  }

  static void set_figures(cim::Instance& row, const FileSystemUsage& usage) {
    row.set("BlockSize", usage.block_bytes).set("FileSystemSize", usage.size_bytes);
    row.set("AvailableSpace", usage.available_bytes);
    row.set("MaxFileNameLength", std::uint64_t{usage.max_name_bytes});
    row.set("NumberOfFiles", proc::inodes_of(usage).used);
    row.set("TotalInodes", usage.inodes).set("FreeInodes", usage.free_inodes);
  }

  const Host& host_;
  const cim::Class class_{kDecl};
};

}  // namespace

std::unique_ptr<Provider> make_file_system(const Host& host) {
  return std::make_unique<FileSystem>(host);
}

}  // namespace muster
