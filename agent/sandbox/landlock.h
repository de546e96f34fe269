// SPDX-License-Identifier: GPL-2.0-or-later
// Landlock: which files this process may open from now on, whatever their modes say.
#pragma once

#include <cstdint>

#include "core/base/error.h"

namespace muster::sandbox {

enum class Files : std::uint8_t { none, read_only };  // read_only: to read and list, not to execute

// False: this kernel has no Landlock (before Linux 5.13, switched off at boot, or refused by a container).
Result<bool> restrict_files(Files allowed);

}  // namespace muster::sandbox
