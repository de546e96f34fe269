// SPDX-License-Identifier: GPL-2.0-or-later
// Content codings of HTTP: gzip both ways, and what a message's fields say about it.
//
// Errors  unsupported: a coding that is not offered, or a body that grows beyond its limits; malformed: not gzip,
//         cut, damaged or followed by anything; internal: no memory.
// Source  RFC 9110 sections 8.4 and 12.5.3; RFC 1952.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/http/message.h"

namespace muster::http {

enum class Coding : std::uint8_t { identity, gzip };

// Of a body, by its Content-Encoding.
Result<Coding> coding_of(const std::vector<Field>& fields);

// What the fields Accept-Encoding allow for the answer.
enum class Acceptable : std::uint8_t { identity, either, gzip, neither };
Acceptable acceptable_coding(const std::vector<Field>& fields);

struct InflateLimits {
  std::size_t bytes = std::size_t{512} * 1024;
  // Of the inflated size to the compressed one, judged above `bytes_at_once`. XML seldom exceeds 30.
  std::size_t ratio = 100;
  std::size_t bytes_at_once = std::size_t{16} * 1024;
};

// Exactly one gzip member.
Result<std::string> gunzip(std::string_view compressed, const InflateLimits& limits);

// One gzip member. Empty when zlib has no memory for it.
std::string gzip(std::string_view plain);

}  // namespace muster::http
