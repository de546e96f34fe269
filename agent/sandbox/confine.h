// SPDX-License-Identifier: GPL-2.0-or-later
// What an unprivileged process may still do once it serves: the front opens no file and the provider host only
// reads (Landlock), and each makes only the system calls of its table (seccomp).
//
// Everything that needs more (sockets, certificates, event loop) exists before the call, and so does
// no_new_privs (privileges.h).
#pragma once

#include <string_view>

#include "agent/sandbox/system_calls.h"
#include "core/base/error.h"

namespace muster::sandbox {

enum class Confinement { full, without_landlock, off };

// Landlock is absent before Linux 5.13: the process then goes on without it. Builds with a sanitizer install no
// seccomp filter, since the sanitizer's own runtime would break it.
Result<Confinement> confine(Process process);

std::string_view to_string(Confinement confinement);

// Such a build takes terabytes of address space for itself: no limit on it either.
bool is_sanitized();

}  // namespace muster::sandbox
