// SPDX-License-Identifier: GPL-2.0-or-later
// The variables that Muster acts on, each with its check; the rest is carried along unread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "orchestrator/inventory/inventory.h"

namespace muster {

// Where a relative key path begins and what ~ stands for.
struct KeyFolders {
  std::string inventory;  // absolute
  std::string home;       // empty: unknown
};

// Why a variable of this name may not be in an inventory at all: it holds a secret, or is no name.
// The text never holds the value.
std::optional<Error> refuse_variable(std::string_view name);

// Names with a meaning, in rising precedence where several mean the same.
const std::vector<std::string_view>& known_variable_names();

// Puts a known variable's value where it belongs.
// Errors: malformed or unsupported; `what` names the host, not the position.
Result<void> apply_variable(HostEntry& host, std::string_view name, const std::string& value,
                            const KeyFolders& folders);

}  // namespace muster
