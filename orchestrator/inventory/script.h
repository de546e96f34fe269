// SPDX-License-Identifier: GPL-2.0-or-later
// Programs that print an inventory (Ansible's dynamic inventories): run with --list, and where the answer has no _meta
// with --host NAME for each host, too.
//
// It runs as the caller, with the caller's environment, no terminal to read from, and without a shell.
// Errors  reported to the draft: denied when others than its owner and root could change it; what it says on standard
//         error is quoted when it fails.
// Limits  kScriptPatience for each answer, limits::kFileBytes; more than kMostAsked hosts are not asked one by one.
// Source  ansible-core 2.14: "Developing dynamic inventory"; the inventory plugin "script".
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "orchestrator/inventory/draft.h"

namespace muster {

inline constexpr std::chrono::seconds kScriptPatience{300};
inline constexpr std::size_t kMostAsked = 1000;

// What begins like a script, or is executable machine code. Whether it may be run shows later.
bool is_program(const std::string& path, std::string_view text);

Draft draft_inventory_script(const std::string& path);

}  // namespace muster
