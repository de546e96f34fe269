// SPDX-License-Identifier: GPL-2.0-or-later
// The disks of this machine: what has a device behind it, whole. Partitions, loops, RAM disks and what is
// assembled from disks (device mapper, md) are not: their traffic is the disks' own.
//
// Paths   /sys/block
// Source  the kernel's Documentation/ABI/stable/sysfs-block.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/host.h"

namespace muster::proc {

// Names ("sda", "nvme0n1") in order. None where there is no /sys/block, as in some containers. An empty drive
// for removable media is none.
Result<std::vector<std::string>> list_disks(const Host& host);

// One line of /sys/block/DISK/..., without blanks around it; empty when it cannot be read.
std::string disk_fact(const Host& host, std::string_view disk, std::string_view file);

// How a disk of this name is attached: "NVMe", "SCSI" (SATA and USB, too), ...; empty for an unknown kind.
std::string_view interface_of(std::string_view disk);

}  // namespace muster::proc
