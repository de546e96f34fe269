// SPDX-License-Identifier: GPL-2.0-or-later
// What comes back from the system bus: any service there may be somebody else's.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "providers/bus/units.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view conversation(reinterpret_cast<const char*>(data), size);
  const auto complete = muster::bus::has_units(conversation);
  const auto units = muster::bus::parse_units(conversation);
  if (!units) return 0;
  if (!complete || !*complete) std::abort();  // units of an answer that is not there
  for (const auto& unit : *units) {
    const bool inside = unit.name.data() >= conversation.data() &&
                        unit.name.data() + unit.name.size() <= conversation.data() + conversation.size();
    if (!inside && !unit.name.empty()) std::abort();
  }
  return 0;
}
