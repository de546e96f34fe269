// SPDX-License-Identifier: GPL-2.0-or-later
// What a Debian package says about itself. dpkg-deb reads it, as on the host.
//
// Errors  malformed (in dpkg-deb's words), unsupported (there is no dpkg-deb here), timeout (a package that unpacks
//         for ever).
#pragma once

#include <string>

#include "core/base/error.h"

namespace muster {

struct PackageControl {
  std::string name;
  std::string version;
  std::string architecture;
};

// `file` is an open descriptor; its position changes. `path` is for messages.
Result<PackageControl> read_package_control(int file, const std::string& path);

}  // namespace muster
