// SPDX-License-Identifier: GPL-2.0-or-later
// The body of each operation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <pugixml.hpp>

#include "core/wsman/fault.h"
#include "core/wsman/request.h"

namespace muster::wsman {

// By out.verb, which is already known. `payload` is the Body's only element, null when it is empty.
std::optional<Fault> read_body(pugi::xml_node payload, Request& out);

std::optional<std::uint64_t> parse_number(
    std::string_view digits);  // xs:unsignedLong; nullopt when it is none

}  // namespace muster::wsman
