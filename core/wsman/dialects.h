// SPDX-License-Identifier: GPL-2.0-or-later
// The filter of an Enumerate and the fragment of a Get, as far as they can be read without knowing the class.
//
// Source  DSP0226 1.1 clauses 8.3 and 7.7; docs/protocol.md for the dialects that are not offered.
#pragma once

#include <optional>

#include <pugixml.hpp>

#include "core/wsman/fault.h"
#include "core/wsman/request.h"

namespace muster::wsman {

// wsman:Filter or wsen:Filter: text in a dialect of queries, or one wsman:SelectorSet.
std::optional<Fault> read_filter(pugi::xml_node filter, Request& out);

// The header wsman:FragmentTransfer.
std::optional<Fault> read_fragment(pugi::xml_node block, Request& out);

}  // namespace muster::wsman
