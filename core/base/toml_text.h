// SPDX-License-Identifier: GPL-2.0-or-later
// What toml++ 3.3.0 must not be given: its parser runs into undefined behaviour on non-ASCII letters outside
// strings and comments, and aborts on NUL after "[[".
//
// Errors  malformed, "FILE:LINE:COLUMN: what". Text that passes may still be no TOML.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"

namespace muster {

Result<void> check_toml_characters(std::string_view text, const std::string& file);

}  // namespace muster
