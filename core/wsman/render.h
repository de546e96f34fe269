// SPDX-License-Identifier: GPL-2.0-or-later
// A CIM instance as the XML item that travels in a WS-Man body.
//
// The text uses the prefix "xsi", which every envelope written by this layer declares on its root.
// Source  DSP0230 (CIM to XML mapping), as the original SCX agent applies it: TRUE/FALSE, nulls always sent.
#pragma once

#include <string>
#include <string_view>

#include "core/cim/instance.h"
#include "core/cim/invocation.h"

namespace muster::wsman {

// <p:CLASS xmlns:p="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CLASS">...</p:CLASS>, properties in
// declaration order. A null (and an empty array) is one xsi:nil element; an array repeats its element.
// Whatever the values hold, the result is well-formed XML 1.0 in UTF-8: see escape.h.
std::string render_instance(const cim::Instance& instance);

// <p:CLASS_OUTPUT xmlns:p="...">: the return value, then what the method declares to come back, in its order. The
// name is the original agent's; the standard would have METHOD_OUTPUT.
std::string render_output(std::string_view class_name, const cim::Method& method,
                          const cim::Arguments& answer);

// The elements of one property, in prefix "p".
void append_property(std::string& out, std::string_view name, const cim::Value& value);

}  // namespace muster::wsman
