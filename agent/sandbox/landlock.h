// SPDX-License-Identifier: GPL-2.0-or-later
// Landlock: which files this process may open from now on, whatever their modes say.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/error.h"

namespace muster::sandbox {

enum class Files : std::uint8_t { none, read_only };  // read_only: to read and list, not to execute

// False: this kernel has no Landlock (before Linux 5.13, switched off at boot, or refused by a container).
// In the folder `writable`, if one is named, files may also be made, written, renamed and removed.
Result<bool> restrict_files(Files allowed, const std::string& writable = {});

}  // namespace muster::sandbox
