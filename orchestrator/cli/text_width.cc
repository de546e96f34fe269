// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/text_width.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace muster {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

constexpr Range kUnsafe[] = {
    {0x00, 0x1f}, {0x7f, 0x9f}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}};
constexpr Range kZeroWidth[] = {{0x300, 0x36f}, {0x200b, 0x200d}, {0x20d0, 0x20f0}, {0xfe00, 0xfe0f}};
constexpr Range kWide[] = {{0x1100, 0x115f},   {0x2e80, 0xa4cf},  {0xac00, 0xd7a3}, {0xf900, 0xfaff},
                           {0xfe30, 0xfe6f},   {0xff00, 0xff60},  {0xffe0, 0xffe6}, {0x1f300, 0x1f64f},
                           {0x1f900, 0x1faff}, {0x20000, 0x3fffd}};

template <std::size_t N>
bool among(const Range (&ranges)[N], std::uint32_t point) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [point](const Range& range) { return point >= range.first && point <= range.last; });
}

struct Point {
  std::uint32_t value = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

Point decode(std::string_view text) {
  static constexpr std::uint32_t kLeadMask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
  static constexpr std::uint32_t kLowest[] = {0, 0, 0x80, 0x800, 0x10000};
  const auto lead = static_cast<unsigned char>(text.front());
  const auto length = sequence_length(lead);
  if (length == 0 || length > text.size()) return {};
  std::uint32_t value = lead & kLeadMask[length];
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0U) != 0x80U) return {};
    value = value << 6 | (next & 0x3fU);
  }
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  return {value, length, value >= kLowest[length] && !surrogate && value <= 0x10ffff};
}

std::size_t width_of(std::uint32_t point) {
  if (among(kZeroWidth, point)) return 0;
  return among(kWide, point) ? 2 : 1;
}

}  // namespace

std::string terminal_safe(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto point = decode(text);
    if (point.valid && !among(kUnsafe, point.value)) {
      out.append(text.substr(0, point.bytes));
    } else {
      out.push_back('?');
    }
    text.remove_prefix(point.valid ? point.bytes : 1);
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto point = decode(text);
    width += point.valid ? width_of(point.value) : 1;
    text.remove_prefix(point.bytes);
  }
  return width;
}

std::string fit_width(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::size_t taken = 0;
  std::size_t columns = 0;
  while (taken < text.size()) {
    const auto point = decode(text.substr(taken));
    const auto wide = point.valid ? width_of(point.value) : 1;
    if (columns + wide > width - 1) break;
    columns += wide;
    taken += point.bytes;
  }
  return std::string(text.substr(0, taken)).append("…");
}

}  // namespace muster
