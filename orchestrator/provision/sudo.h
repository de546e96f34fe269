// SPDX-License-Identifier: GPL-2.0-or-later
// What sudo said when it did not let us in. The words are those of LC_ALL=C.
// Source  sudo 1.9.5 to 1.9.17, plugins/sudoers.
#pragma once

#include <string>
#include <string_view>

#include "orchestrator/provision/failure.h"

namespace muster {

// True as soon as sudo has refused the one password it was given; it must not be given another.
bool sudo_refused_password(std::string_view words);

// Why the channel ended before the loader was ready.
Failure diagnose_sudo(std::string_view words, int exit_status);

}  // namespace muster
