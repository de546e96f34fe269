// SPDX-License-Identifier: GPL-2.0-or-later
// Whether the host's accounts have changed: what stat(2) says of the files that name them.
//
// Paths   /etc/shadow, /etc/passwd, /etc/group. Accounts that live elsewhere (LDAP) leave no trace here.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include <sys/types.h>

namespace muster::agent {

struct FileStamp {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = -1;  // the file is not there
  std::int64_t changed_nanoseconds = 0;

  bool operator==(const FileStamp&) const = default;
};

using AccountStamp = std::array<FileStamp, 3>;

inline const std::array<std::string, 3> kAccountFiles = {"/etc/shadow", "/etc/passwd", "/etc/group"};

AccountStamp stamp_of(const std::array<std::string, 3>& files = kAccountFiles);

}  // namespace muster::agent
