// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/early_drop.h"

namespace muster::http {

bool EarlyDrop::drops(std::size_t strangers, unsigned dice) const {
  if (!enabled() || strangers < start) return false;
  if (strangers >= full) return true;
  const auto chance = percent + (100 - percent) * (strangers - start) / (full - start);
  return dice < chance;
}

}  // namespace muster::http
