// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/words.h"

namespace muster::cim {

std::string_view type_word(Type type) {
  switch (type) {
    case Type::boolean: return "boolean";
    case Type::uint8: return "uint8";
    case Type::uint16: return "uint16";
    case Type::uint32: return "uint32";
    case Type::uint64: return "uint64";
    case Type::sint16: return "sint16";
    case Type::sint32: return "sint32";
    case Type::sint64: return "sint64";
    case Type::real64: return "real64";
    case Type::string: return "string";
    case Type::datetime: return "datetime";
  }
  return "string";
}

std::string_view unit_words(Unit unit) {
  switch (unit) {
    case Unit::none: return "";
    case Unit::bits: return "Bits";
    case Unit::bytes: return "Bytes";
    case Unit::kilobytes: return "KiloBytes";
    case Unit::megabytes: return "MegaBytes";
    case Unit::percent: return "Percent";
    case Unit::seconds: return "Seconds";
    case Unit::milliseconds: return "MilliSeconds";
    case Unit::minutes: return "Minutes";
    case Unit::hours: return "Hours";
    case Unit::days: return "Days";
    case Unit::clock_ticks: return "Clock Ticks";
    case Unit::bytes_per_second: return "Bytes per Second";
    case Unit::kilobytes_per_second: return "KiloBytes per Second";
    case Unit::transfers_per_second: return "Transfers per Second";
    case Unit::pages_per_second: return "Pages per Second";
  }
  return "";
}

}  // namespace muster::cim
