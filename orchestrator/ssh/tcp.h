// SPDX-License-Identifier: GPL-2.0-or-later
// A TCP connection made with a deadline of our own.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <tl/expected.hpp>

#include "core/base/fd.h"
#include "orchestrator/provision/failure.h"

namespace muster {

using Deadline = std::chrono::steady_clock::time_point;

// Milliseconds from now, at least 0 and at most `most`.
int milliseconds_until(Deadline deadline, int most);

// Non-blocking, TCP_NODELAY, TCP_USER_TIMEOUT, keepalive. Every address of the name is tried in turn.
tl::expected<Fd, Failure> connect_tcp(const std::string& address, std::uint16_t port, Deadline deadline);

}  // namespace muster
