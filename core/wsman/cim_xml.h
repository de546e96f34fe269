// SPDX-License-Identifier: GPL-2.0-or-later
// A class as CIM-XML tells it: <CLASS NAME SUPERCLASS> with its properties and methods, as a client of the class
// metadata URI reads it.
//
// The elements are in no namespace, as DSP0201 has it and as clients look for them.
// Source  DSP0201 2.3 clause 5.2; MS-WSMV 3.1.4.1.38 for the choice of what is told.
#pragma once

#include <string>

#include "core/cim/class_decl.h"

namespace muster::wsman {

// What of a class is wanted. The names are those of the options that ask for it.
struct ClassDetail {
  bool inherited_elements = true;
  bool qualifiers = false;
  bool class_origin = false;
};

std::string render_class(const cim::ClassDecl& decl, const ClassDetail& detail);

}  // namespace muster::wsman
