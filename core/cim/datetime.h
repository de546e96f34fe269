// SPDX-License-Identifier: GPL-2.0-or-later
// A datetime as a number, so that two spellings of one moment or one span compare.
//
// Errors  malformed: neither a moment nor a span, or with stars for digits.
// Units   microseconds: of a moment since 1970-01-01T00:00:00Z, of a span its length.
// Source  DSP0004 5.2.4 ("20261120091456.882936+060", "00000001132312.125000:000"); XML Schema part 2, dateTime,
//         date and duration of days and smaller ("2026-11-20T09:14:56.9Z", "2026-11-20", "P1DT13H").
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/error.h"

namespace muster::cim {

struct Datetime {
  enum class Kind : std::uint8_t { moment, span } kind = Kind::moment;
  std::int64_t microseconds = 0;
};

Result<Datetime> parse_datetime(std::string_view text);

}  // namespace muster::cim
