// SPDX-License-Identifier: GPL-2.0-or-later
// Which file systems are mounted, and which of them are disks that can fill up.
//
// Paths   /proc/1/mountinfo: the machine's mounts. Our own view may be narrowed by the service manager, and is
//         used only where process 1's is hidden.
// Limits  lines that are no mounts are skipped; the file may have kMountinfoLimit bytes.
// Source  proc(5): mountinfo.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/host.h"

namespace muster::proc {

inline constexpr std::size_t kMountinfoLimit = std::size_t{4} << 20;

struct Device {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;

  friend bool operator==(const Device&, const Device&) = default;
};

struct Mount {
  Device device;
  std::string root;    // the part of the file system that is visible here
  std::string point;   // where
  std::string type;    // "ext4"
  std::string source;  // "/dev/sda1"
  bool read_only = false;
};

// Whose mounts a mountinfo shows. In `own` the service manager may have made everything read-only, for us
// alone: there only the file system itself tells.
enum class View { machine, own };

// In the order in which they were mounted.
std::vector<Mount> parse_mounts(std::string_view mountinfo, View view);

// The mounts worth watching, sorted by mount point: one for each file system that stores files on a disk of
// this machine. Left out are the kernel's own (proc, tmpfs, ...), images that are full by nature (squashfs,
// iso9660, ...), containers' overlays, and everything on the network or in user space (nfs, cifs, fuse.*,
// ...), because asking those for their size may never return.
std::vector<Mount> watched_mounts(std::vector<Mount> mounts);

// Reads, parses, selects.
Result<std::vector<Mount>> read_watched_mounts(const Host& host);

struct MountUsage {
  Mount mount;
  std::optional<FileSystemUsage> usage;  // none: the file system does not answer
};

// The watched mounts with how full they are. One below a folder that is closed to the agent's user is left
// out: nothing can be said about it, least of all that it is offline.
Result<std::vector<MountUsage>> read_usages(const Host& host);

// The first `limit` bytes of a file that somebody else names, if it lies on a disk of this machine: elsewhere
// reading might never return. not_found says so for all others.
Result<std::string> read_local(const Host& host, const std::string& path, std::size_t limit);

}  // namespace muster::proc
