// SPDX-License-Identifier: GPL-2.0-or-later
// Arguments of a method as a list of byte strings: name, how many values, the values; then the next.
//
// Errors  malformed: the peer may have been taken over.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/cim/invocation.h"

namespace muster::ipc {

void append_arguments(std::vector<std::string>& out, const cim::Arguments& arguments);
Result<cim::Arguments> parse_arguments(std::span<const std::string> fields);

}  // namespace muster::ipc
