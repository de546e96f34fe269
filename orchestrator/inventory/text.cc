// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/text.h"

#include <array>

namespace muster {
namespace {

constexpr std::size_t kShownBytes = 40;

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

struct Utf8Lead {
  unsigned mask, lead;
  std::size_t length;
  unsigned first;  // lowest code point that needs this length
};
constexpr std::array<Utf8Lead, 3> kLeads{
    {{0xE0, 0xC0, 2, 0x80}, {0xF0, 0xE0, 3, 0x800}, {0xF8, 0xF0, 4, 0x10000}}};

bool allowed(unsigned point) {
  const bool separator = (point >= 0x80 && point <= 0x9F) || point == 0x2028 || point == 0x2029;
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  return !separator && !surrogate && point <= 0x10FFFF;
}

// Length of the character that begins at `at`; 0 when it is not acceptable.
std::size_t wide_length(std::string_view text, std::size_t at) {
  const unsigned lead = byte_at(text, at);
  for (const Utf8Lead& form : kLeads) {
    if ((lead & form.mask) != form.lead) continue;
    unsigned point = lead & ~form.mask;
    for (std::size_t i = 1; i < form.length; ++i) {
      const unsigned next = byte_at(text, at + i);
      if ((next & 0xC0U) != 0x80U) return 0;
      point = (point << 6U) | (next & 0x3FU);
    }
    return point >= form.first && allowed(point) ? form.length : 0;
  }
  return 0;
}

std::size_t length_at(std::string_view text, std::size_t at) {
  const unsigned byte = byte_at(text, at);
  if (byte >= 0x80) return wide_length(text, at);
  if (byte == '\r') return byte_at(text, at + 1) == '\n' ? 1 : 0;
  return byte == '\t' || byte == '\n' || (byte >= 0x20 && byte != 0x7F) ? 1 : 0;
}

}  // namespace

std::string shown(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text.substr(0, kShownBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F) {
      out += c;
    } else {
      out += {'\\', 'x', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return out + (text.size() > kShownBytes ? "...\"" : "\"");
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return text.substr(text.size());
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::optional<std::size_t> find_bad_byte(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = length_at(text, at);
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace muster
