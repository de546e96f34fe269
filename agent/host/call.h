// SPDX-License-Identifier: GPL-2.0-or-later
// Tag::fetch once more: a call of a method that a provider answers. The answer comes in rows, which hold arguments
// as agent/ipc/arguments.h writes them.
//
// Layout  "invoke", class, method, number of keys, then names and values of keys in turn, then the arguments.
// Errors  malformed: anything else; the front may have been taken over.
#pragma once

#include <cstdint>

#include "agent/ipc/frame.h"
#include "core/base/error.h"
#include "core/cim/invocation.h"

namespace muster::agent {

ipc::Frame call_frame(std::uint64_t id, const cim::Invocation& call);
bool is_call(const ipc::Frame& frame);
Result<cim::Invocation> parse_call(const ipc::Frame& frame);

}  // namespace muster::agent
