// SPDX-License-Identifier: GPL-2.0-or-later
// MOF text of a class, derived from its declaration.
// Source  DSP0004 (CIM infrastructure), DSP0221 (MOF).
#pragma once

#include <string>

#include "core/cim/class.h"

namespace muster::cim {

std::string mof(const ClassDecl& decl);  // the class alone: own properties and methods, ": Parent"

}  // namespace muster::cim
