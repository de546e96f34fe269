// SPDX-License-Identifier: GPL-2.0-or-later
// Which distribution this is: os-release(5).
//
// Paths  /etc/os-release, else /usr/lib/os-release. Without either it is a "Linux" of no version.
#pragma once

#include <string>
#include <string_view>

#include "core/base/host.h"

namespace muster::proc {

struct OsRelease {
  std::string name = "Linux";
  std::string version_id;
  std::string id = "linux";
  std::string id_like;  // ids of the distributions that it derives from, separated by blanks
};

OsRelease parse_os_release(std::string_view text);
OsRelease read_os_release(const Host& host);

// Is `family` the distribution's id or one of its ancestors'?
bool is_like(const OsRelease& release, std::string_view family);

}  // namespace muster::proc
