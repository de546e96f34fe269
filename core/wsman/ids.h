// SPDX-License-Identifier: GPL-2.0-or-later
// Identifiers made of random octets.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace muster::wsman {

using Random = std::function<void(std::span<unsigned char>)>;

void system_random(std::span<unsigned char> out);  // the kernel's generator; aborts if there is none

// The same, drawn from the kernel some at a time: every octet is handed out once and wiped.
// Threads  one. Not across fork(): both processes would draw the same.
class RandomPool {
 public:
  void draw(std::span<unsigned char> out);

 private:
  std::array<unsigned char, 256> octets_{};
  std::size_t left_ = 0;
};

std::string message_id(const Random& random);  // "uuid:" and a version 4 UUID
std::string context_id(const Random& random);  // 128 bits in hexadecimal

}  // namespace muster::wsman
