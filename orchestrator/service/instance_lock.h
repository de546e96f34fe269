// SPDX-License-Identifier: GPL-2.0-or-later
// At most one daemon for one state folder. The kernel drops the lock with the process, however that ends.
// Paths   STATE/serve.lock (0600); holds the process id of the last owner
// Errors  denied: another one is running (its process id is named).
#pragma once

#include <string>

#include "core/base/error.h"
#include "core/base/fd.h"

namespace muster::service {

Result<Fd> lock_instance(const std::string& state_folder);

// Whether somebody holds it now.
Result<bool> is_locked(const std::string& state_folder);

}  // namespace muster::service
