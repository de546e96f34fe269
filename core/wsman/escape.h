// SPDX-License-Identifier: GPL-2.0-or-later
// Text as XML content. Whatever goes in, what comes out is well-formed in element content and in a
// double-quoted attribute: markup is escaped, line ends and tabs become character references, and every byte
// that cannot be in an XML 1.0 document (control characters, broken UTF-8) becomes U+FFFD.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace muster::wsman {

void append_escaped(std::string& out, std::string_view text);
bool needs_no_escape(std::string_view text);   // printable ASCII without markup: comes out as it went in
std::string sanitized(std::string_view text);  // the same replacements, no escapes: for a writer that escapes

// One code point at text[at]; length 0 when the bytes there are not valid UTF-8.
struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;
};
CodePoint decode_utf8(std::string_view text, std::size_t at);

// XML 1.0 production 2.
constexpr bool is_xml_char(std::uint32_t c) {
  return c == 0x9 || c == 0xA || c == 0xD || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) ||
         (c >= 0x10000 && c <= 0x10FFFF);
}
constexpr bool is_xml_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
std::string_view trimmed(std::string_view text);  // without XML white space at either end

}  // namespace muster::wsman
