// SPDX-License-Identifier: GPL-2.0-or-later
// A custom action: which method it names, what its body gives, and whether that fits the declaration.
//
// Source  DSP0227 clause 8 (extrinsic methods); leniencies in docs/protocol.md.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

#include "core/cim/invocation.h"
#include "core/wsman/fault.h"
#include "core/wsman/request.h"

namespace muster::wsman {

// Whether the action may be a method's: a class URI of either form with more behind it.
bool names_a_method(std::string_view action);

// Sets out.method from out.action, which must belong to the class of the ResourceURI.
std::optional<Fault> read_method(Request& out);

// METHOD_INPUT in the namespace of the class, of either form.
std::optional<Fault> read_input(pugi::xml_node payload, Request& out);

// The values in canonical form, under the declaration's names. Names compare without case, as CIM names do; the
// order is free; xsi:nil counts as absent.
std::optional<Fault> bind_arguments(const cim::Method& method, const std::vector<GivenParameter>& given,
                                    cim::Arguments& out);

}  // namespace muster::wsman
