// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/disks.h"

#include <algorithm>
#include <utility>

#include "providers/proc/text.h"

namespace muster::proc {
namespace {

constexpr std::size_t kFactLimit = 4096;

struct Kind {
  std::string_view prefix;
  std::string_view name;
};

constexpr Kind kKinds[] = {{"nvme", "NVMe"}, {"sd", "SCSI"},    {"vd", "Virtio"}, {"xvd", "Xen"},
                           {"hd", "IDE"},    {"mmcblk", "MMC"}, {"dasd", "DASD"}, {"pmem", "NVDIMM"}};

bool is_disk(const Host& host, const std::string& name) {
  if (!host.list_folder("/sys/block/" + name + "/device")) return false;
  if (disk_fact(host, name, "hidden") == "1") return false;  // one path of several to the same disk
  return disk_fact(host, name, "size") != "0" && !name.starts_with("sr") && !name.starts_with("fd");
}

}  // namespace

Result<std::vector<std::string>> list_disks(const Host& host) {
  auto names = host.list_folder("/sys/block");
  if (!names && names.error().code == Errc::not_found) return std::vector<std::string>();
  if (!names) return fail(names.error());
  std::erase_if(*names, [&](const std::string& name) { return !is_disk(host, name); });
  std::sort(names->begin(), names->end());
  return std::move(*names);
}

std::string disk_fact(const Host& host, std::string_view disk, std::string_view file) {
  const auto text =
      host.read_start(std::string("/sys/block/").append(disk).append("/").append(file), kFactLimit);
  return text ? std::string(trimmed(first_line(*text))) : std::string();
}

std::string_view interface_of(std::string_view disk) {
  const auto found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [&](const Kind& kind) { return disk.starts_with(kind.prefix); });
  return found == std::end(kKinds) ? std::string_view() : found->name;
}

}  // namespace muster::proc
