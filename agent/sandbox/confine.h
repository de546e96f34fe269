// SPDX-License-Identifier: GPL-2.0-or-later
// What the front may still do once it serves: no file system (Landlock without any rule), and only the system
// calls that serving needs (seccomp; anything else kills the process).
//
// Everything that needs more (sockets, certificates, event loop) exists before the call.
#pragma once

#include <string_view>

#include "core/base/error.h"

namespace muster::sandbox {

enum class Confinement { full, without_landlock, off };

// Landlock is absent before Linux 5.13: the front then goes on without it. Builds with a sanitizer install no
// seccomp filter, since the sanitizer's own runtime would break it.
Result<Confinement> confine_front();

std::string_view to_string(Confinement confinement);

}  // namespace muster::sandbox
