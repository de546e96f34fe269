// SPDX-License-Identifier: GPL-2.0-or-later
// The names of the keys that parse_config() takes, for whoever shows all of them. [[grant]] is none of them.
#pragma once

#include <string>
#include <vector>

namespace muster::agent {

// "port", "limits.memory_mb"; in alphabetical order.
std::vector<std::string> config_keys();

}  // namespace muster::agent
