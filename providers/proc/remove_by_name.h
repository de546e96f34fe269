// SPDX-License-Identifier: GPL-2.0-or-later
// RemoveByName of the classes whose original remembers what is gone until a client has it removed. We list what is
// there and remember nothing: a name that is not listed counts as removed, one that is listed cannot be.
#pragma once

#include <string>

#include "core/cim/invocation.h"
#include "providers/provider.h"

namespace muster::proc {

inline constexpr cim::Parameter kRemoveByNameParameters[] = {{"Name", cim::Type::string, cim::Direction::in,
                                                              cim::Need::required, cim::Shape::scalar,
                                                              "of the instance"}};
inline constexpr cim::Method kRemoveByName{
    "RemoveByName", cim::Type::boolean, kRemoveByNameParameters,
    "TRUE when nothing of this name is listed, which is all that removing could reach; else FALSE"};

inline Result<cim::Arguments> remove_by_name(Provider& provider, const cim::Invocation& call) {
  const std::string name = cim::text_of(call.arguments, "Name");
  bool listed = false;
  const auto asked = provider.enumerate(
      [&](const cim::Instance& each) { listed = listed || cim::scalar_text(each.value("Name")) == name; });
  if (!asked) return fail(asked.error());
  return cim::Arguments{{std::string(cim::kReturnValue), {cim::scalar_text(!listed)}}};
}

}  // namespace muster::proc
