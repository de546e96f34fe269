// SPDX-License-Identifier: GPL-2.0-or-later
// Why and in which step the visit to a host ends.
#pragma once

#include <optional>
#include <string>

#include "orchestrator/provision/failure.h"

namespace muster {

struct VisitStop {
  std::string step;
  Failure failure;
};
using VisitEnd = std::optional<VisitStop>;  // nothing: it goes on

}  // namespace muster
