// SPDX-License-Identifier: GPL-2.0-or-later
// xs:duration, both ways.
//
// Units   a year counts as 365 days, a month as 30.
// Errors  malformed.
// Limits  at most 100 years; longer ones become that.
// Source  XML Schema part 2, 3.2.6.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace muster::wsman {

Result<std::chrono::milliseconds> parse_duration(std::string_view text);  // may be negative
std::string format_duration(std::chrono::seconds duration);               // "PT60S"

}  // namespace muster::wsman
