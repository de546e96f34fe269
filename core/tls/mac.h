// SPDX-License-Identifier: GPL-2.0-or-later
// HMAC-SHA-256: recognises what was seen before without keeping it.
//
// Errors  running out of memory throws std::bad_alloc: an empty code would equal another.
// Source  RFC 2104, FIPS 180-4.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace muster::tls {

using Mac = std::array<unsigned char, 32>;

// Of the fields, each behind its length: no two lists of fields have the same bytes.
Mac hmac_sha256(std::span<const unsigned char> key, std::span<const std::string_view> fields);

bool same_mac(const Mac& a, const Mac& b);  // in constant time

void random_key(std::span<unsigned char> out);

}  // namespace muster::tls
