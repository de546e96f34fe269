// SPDX-License-Identifier: GPL-2.0-or-later
// How many user sessions there are.
//
// Paths   /run/utmp; where the distribution has dropped it, the session files of systemd-logind.
// Source  utmp(5); a record is 384 bytes on every 64-bit Linux and begins with its type.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/host.h"

namespace muster::proc {

std::uint64_t count_utmp_sessions(std::string_view utmp);
std::uint64_t count_sessions(const Host& host);

}  // namespace muster::proc
