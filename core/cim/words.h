// SPDX-License-Identifier: GPL-2.0-or-later
// How the languages that describe classes spell types and units.
// Source  DSP0004 (CIM infrastructure): the intrinsic types, and annex C for units.
#pragma once

#include <string_view>

#include "core/cim/class_decl.h"

namespace muster::cim {

std::string_view type_word(Type type);
std::string_view unit_words(Unit unit);  // the qualifier Units; empty for none

}  // namespace muster::cim
