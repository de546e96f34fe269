// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/ids.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <string_view>

#include <sys/random.h>

#include "core/base/secret.h"

namespace muster::wsman {
namespace {

using Octets = std::array<unsigned char, 16>;

Octets draw(const Random& random) {
  Octets octets{};
  random(octets);
  return octets;
}

void append_hex(std::string& out, unsigned char octet) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out.push_back(kDigits[octet >> 4U]);
  out.push_back(kDigits[octet & 0xFU]);
}

}  // namespace

void system_random(std::span<unsigned char> out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    if (got > 0) {
      out = out.subspan(static_cast<std::size_t>(got));
    } else if (errno != EINTR) {
      std::abort();  // a guessable identifier would be worse
    }
  }
}

void RandomPool::draw(std::span<unsigned char> out) {
  while (!out.empty()) {
    if (left_ == 0) {
      system_random(octets_);
      left_ = octets_.size();
    }
    const auto count = std::min(out.size(), left_);
    const auto taken = std::span(octets_).subspan(octets_.size() - left_, count);
    std::copy(taken.begin(), taken.end(), out.begin());
    wipe(taken.data(), taken.size());
    left_ -= count;
    out = out.subspan(count);
  }
}

std::string message_id(const Random& random) {
  Octets octets = draw(random);
  octets[6] = static_cast<unsigned char>((octets[6] & 0x0FU) | 0x40U);
  octets[8] = static_cast<unsigned char>((octets[8] & 0x3FU) | 0x80U);
  std::string out = "uuid:";
  out.reserve(out.size() + 36);
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
    append_hex(out, octets.at(i));
  }
  return out;
}

std::string context_id(const Random& random) {
  std::string out;
  for (const unsigned char octet : draw(random)) append_hex(out, octet);
  return out;
}

}  // namespace muster::wsman
