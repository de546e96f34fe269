// SPDX-License-Identifier: GPL-2.0-or-later
// SHA-256 of some octets.
#pragma once

#include <string>
#include <string_view>

namespace muster::tls {

std::string sha256_of(std::string_view octets);  // in hexadecimal, lower case

}  // namespace muster::tls
