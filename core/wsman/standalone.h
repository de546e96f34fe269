// SPDX-License-Identifier: GPL-2.0-or-later
// An element of one document as text that stands in any other: it brings the declarations of its prefixes along.
//
// Limits  for documents that passed prescan(), which bounds depth and declarations.
#pragma once

#include <string>

#include <pugixml.hpp>

namespace muster::wsman {

// Elements, attributes and text; comments are left out. Text is escaped anew.
void append_standalone(std::string& out, pugi::xml_node element);

}  // namespace muster::wsman
