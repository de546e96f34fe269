// SPDX-License-Identifier: GPL-2.0-or-later
// Variables in YAML: which may be taken, and files that hold nothing else (group_vars, host_vars).
#pragma once

#include <cstddef>
#include <string_view>

#include "orchestrator/inventory/draft.h"
#include "orchestrator/inventory/yaml_tree.h"

namespace muster {

// False when it is not to be stored; a problem says so where that is wrong. An encrypted value is left out
// unless Muster would have to read it. `file` is the draft's number of the file that holds it.
bool accept_variable(Draft& draft, const YamlNode& key, const YamlNode& value, std::size_t file);

// A file of variables: one map, or nothing at all. Later entries replace earlier ones.
void read_variables(Draft& draft, std::string_view text, std::size_t file, Settings& into);

}  // namespace muster
