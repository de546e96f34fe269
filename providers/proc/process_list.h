// SPDX-License-Identifier: GPL-2.0-or-later
// Which processes there are: the numbered folders of /proc.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/error.h"
#include "core/base/host.h"

namespace muster::proc {

// In ascending order.
Result<std::vector<std::uint32_t>> list_pids(const Host& host);

}  // namespace muster::proc
