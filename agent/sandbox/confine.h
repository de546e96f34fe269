// SPDX-License-Identifier: GPL-2.0-or-later
// What an unprivileged process may still do once it serves: the front opens no file, the provider host only reads, the
// courier reads and writes in one folder (Landlock), and each makes only the system calls of its table (seccomp).
//
// Everything that needs more (sockets, certificates, event loop) exists before the call, and so does
// no_new_privs (privileges.h).
#pragma once

#include <string>
#include <string_view>

#include "agent/sandbox/system_calls.h"
#include "core/base/error.h"

namespace muster::sandbox {

enum class Confinement { full, without_landlock, off };

// Landlock is absent before Linux 5.13: the process then goes on without it. Builds with a sanitizer install no
// seccomp filter, since the sanitizer's own runtime would break it.
// `writable` is the one folder that the courier may write in.
Result<Confinement> confine(Process process, const std::string& writable = {});

std::string_view to_string(Confinement confinement);

// Such a build takes terabytes of address space for itself: no limit on it either.
bool is_sanitized();

}  // namespace muster::sandbox
