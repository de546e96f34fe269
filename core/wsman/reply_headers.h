// SPDX-License-Identifier: GPL-2.0-or-later
// Header blocks of an answer that only some requests ask for.
//
// Source  DSP0226 1.1 clauses 6.5 (RequestedEPR) and 7.7 (FragmentTransfer is echoed).
#pragma once

#include <string_view>

#include "core/wsman/request.h"
#include "core/wsman/writer.h"

namespace muster::wsman {

// Header blocks onto the head of an envelope, after those that it has.
void insert_headers(Envelope& envelope, std::string_view blocks);

// Puts in what the request asked for. `reference` is the <wsa:EndpointReference> of what was accessed, empty
// when it has none.
void add_wanted_headers(Envelope& envelope, const Request& request, std::string_view reference);

}  // namespace muster::wsman
