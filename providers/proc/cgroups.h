// SPDX-License-Identifier: GPL-2.0-or-later
// Control groups of version 2: which there are, and what each has used.
//
// Paths   /sys/fs/cgroup; where version 1 is mounted there, /sys/fs/cgroup/unified.
// Limits  kMaxGroupDepth levels below the root, kMaxGroups groups.
// Source  the kernel's Documentation/admin-guide/cgroup-v2.rst
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/host.h"

namespace muster::proc {

inline constexpr int kMaxGroupDepth = 3;  // system.slice/system-getty.slice/getty@tty1.service
inline constexpr std::size_t kMaxGroups = 2000;

// Where version 2 is mounted; nullopt where it is not.
std::optional<std::string> group_root(const Host& host);

// Paths below the root ("/system.slice/ssh.service") in order; what is deeper belongs to the group above it.
std::vector<std::string> list_groups(const Host& host, const std::string& root);

struct GroupIo {
  std::uint64_t read_bytes = 0;
  std::uint64_t written_bytes = 0;
};

// io.stat, all devices together.
GroupIo parse_group_io(std::string_view text);

// A limit or a count; nullopt for "max" and what is no number.
std::optional<std::uint64_t> parse_group_number(std::string_view text);

}  // namespace muster::proc
