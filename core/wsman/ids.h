// SPDX-License-Identifier: GPL-2.0-or-later
// Identifiers made of random octets.
#pragma once

#include <functional>
#include <span>
#include <string>

namespace muster::wsman {

using Random = std::function<void(std::span<unsigned char>)>;

void system_random(std::span<unsigned char> out);  // the kernel's generator; aborts if there is none

std::string message_id(const Random& random);  // "uuid:" and a version 4 UUID
std::string context_id(const Random& random);  // 128 bits in hexadecimal

}  // namespace muster::wsman
