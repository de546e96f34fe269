// SPDX-License-Identifier: GPL-2.0-or-later
// What the audit log says of an order: who asked for what. Pure.
//
// Limits  each value is cut, and so are all arguments together: the front may have been taken over, and a line has to
//         stay one that can be read again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "agent/audit/log.h"
#include "agent/ipc/run_order.h"

namespace muster::agent {

inline constexpr std::size_t kMostOfValue = 2048;  // octets; the hash tells the rest
inline constexpr std::size_t kMostOfArguments = std::size_t{16} * 1024;

// The arguments in words, each cut: a script may be long.
std::string arguments_text(const cim::Arguments& arguments);
// The fields that every line of an order begins with.
audit::Fields fields_of(const ipc::RunOrder& order, std::uint64_t id);

}  // namespace muster::agent
