// SPDX-License-Identifier: GPL-2.0-or-later
// What every process of the SSH side does first, so that it dies with its parent and leaks nothing.
#pragma once

#include <sys/types.h>

namespace muster {

// Killed when `parent` dies (also if that is already so), leaves no core dump, may not be traced by others of
// the same user, owns no terminal, and has only descriptors 0, 1, 2 and `kept` open.
void harden_child(pid_t parent, int kept);

}  // namespace muster
