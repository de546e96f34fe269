// SPDX-License-Identifier: GPL-2.0-or-later
// The rows with which most classes begin: what every instance of a class says of itself in the same words.
#pragma once

#include "core/cim/class_decl.h"

namespace muster::proc {

inline constexpr cim::Property kCaptionRow{"Caption", cim::Type::string, cim::Role::value, cim::Unit::none,
                                           "constant"};
inline constexpr cim::Property kDescriptionRow{"Description", cim::Type::string, cim::Role::value,
                                               cim::Unit::none, "constant"};

}  // namespace muster::proc
