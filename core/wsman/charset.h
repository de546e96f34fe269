// SPDX-License-Identifier: GPL-2.0-or-later
// From the octets of an HTTP body to UTF-8, by charset parameter, byte order mark and XML declaration.
//
// Errors  malformed: the encoding cannot be told, is not offered, or the octets are not of it.
// Source  DSP0226 R13.1; XML 1.0 appendix F; RFC 7303 (the mark wins over the parameter).
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"

namespace muster::wsman {

enum class Encoding { utf8, utf16_le, utf16_be };

struct DecodedText {
  Encoding encoding = Encoding::utf8;
  std::string_view utf8;  // of the body itself, or of `converted`; without byte order mark
  std::string converted;
  DecodedText() = default;
  ~DecodedText() = default;
  DecodedText(const DecodedText&) = delete;  // `utf8` may point into `converted`
  DecodedText& operator=(const DecodedText&) = delete;
  DecodedText(DecodedText&&) = delete;
  DecodedText& operator=(DecodedText&&) = delete;
};

struct MediaType {
  std::string type;     // lower case, "application/soap+xml"
  std::string charset;  // lower case, without quotes; empty when not given
};
MediaType parse_media_type(std::string_view field);

// `charset` is lower case or empty. UTF-8 itself is checked by the pre-scan, which follows.
Result<void> decode(std::string_view body, std::string_view charset, DecodedText& out);

// An answer in the encoding of its request: UTF-16 gets a byte order mark.
std::string encode(std::string utf8, Encoding encoding);
std::size_t encoded_size(std::string_view utf8, Encoding encoding);  // without the mark
std::size_t mark_size(Encoding encoding);
std::string_view charset_name(Encoding encoding);  // for Content-Type

}  // namespace muster::wsman
