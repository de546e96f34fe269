// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/escape.h"

#include <array>

namespace muster::wsman {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

constexpr bool is_plain(unsigned char c) {
  return c >= 0x20 && c < 0x7F && c != '&' && c != '<' && c != '>' && c != '"';
}

// One look for each octet of every figure that leaves.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (unsigned i = 0; i < plain.size(); ++i) plain.at(i) = is_plain(static_cast<unsigned char>(i));
  return plain;
}();

std::string_view escape_of(std::uint32_t c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\t': return "&#9;";
    case '\n': return "&#10;";
    case '\r': return "&#13;";
    default: return {};
  }
}

std::size_t plain_run(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && kPlain[static_cast<unsigned char>(text[end])]) ++end;
  return end - at;
}

std::uint32_t continuation(std::string_view text, std::size_t at) {
  if (at >= text.size()) return 0x100;
  const auto c = static_cast<unsigned char>(text[at]);
  return (c & 0xC0U) == 0x80U ? (c & 0x3FU) : 0x100U;
}

template <class Special>
void copy_clean(std::string& out, std::string_view text, Special special) {
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t run = plain_run(text, at); run > 0) {
      out.append(text.substr(at, run));
      at += run;
      continue;
    }
    const CodePoint point = decode_utf8(text, at);
    if (point.length == 0 || !is_xml_char(point.value)) {
      out.append(kReplacement);
    } else if (const std::string_view escape = special(point.value); !escape.empty()) {
      out.append(escape);
    } else {
      out.append(text.substr(at, point.length));
    }
    at += point.length == 0 ? 1 : point.length;
  }
}

}  // namespace

CodePoint decode_utf8(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return {};
  std::uint32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const std::uint32_t next = continuation(text, at + i);
    if (next > 0x3F) return {};
    value = value << 6U | next;
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return {};
  return {value, length};
}

bool needs_no_escape(std::string_view text) {
  return plain_run(text, 0) == text.size();
}

void append_escaped(std::string& out, std::string_view text) {
  copy_clean(out, text, escape_of);
}

std::string sanitized(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  copy_clean(out, text, [](std::uint32_t) { return std::string_view(); });
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_xml_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_xml_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace muster::wsman
