// SPDX-License-Identifier: GPL-2.0-or-later
// A moment as CIM clients read it: "2026-11-20T09:14:56.882936Z", always UTC.
#pragma once

#include <chrono>
#include <string>

namespace muster::proc {

std::string wire_time(std::chrono::system_clock::time_point moment);

}  // namespace muster::proc
