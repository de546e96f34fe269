// SPDX-License-Identifier: GPL-2.0-or-later
// The bodies of Subscribe, Unsubscribe and Renew.
//
// Limits  4,096 octets of reference parameters, a bookmark of 512.
// Source  WS-Eventing 2004/08; DSP0226 1.1 clause 10; docs/protocol.md for what is refused.
#pragma once

#include <optional>

#include <pugixml.hpp>

#include "core/wsman/fault.h"
#include "core/wsman/request.h"

namespace muster::wsman {

// By out.verb. `payload` is the Body's only element, null when it is empty.
std::optional<Fault> read_eventing_body(pugi::xml_node payload, Request& out);

}  // namespace muster::wsman
