// SPDX-License-Identifier: GPL-2.0-or-later
// The wsman:OptionSet of a request. An option that is not known, or means nothing for this request, changes nothing,
// unless it must be complied with.
//
// Limits  64 options and as many regexps, names of at most 2,048 octets, values of at most 4,096.
// Source  DSP0226 1.1 clause 6.4; MS-WSMV for the names of options.
#pragma once

#include <optional>

#include <pugixml.hpp>

#include "core/wsman/fault.h"
#include "core/wsman/request.h"

namespace muster::wsman {

std::optional<Fault> read_options(pugi::xml_node set, Request& out);

}  // namespace muster::wsman
