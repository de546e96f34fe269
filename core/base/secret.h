// SPDX-License-Identifier: GPL-2.0-or-later
// A password, passphrase or private key in memory: wipes itself, does not print, compares in constant time.
//
// Ownership  the bytes live in one allocation that is locked against swapping where the limit allows,
//            left out of core dumps, and wiped before it is freed. Copies are explicit (`clone`).
// Limits     kMaxBytes; longer input is refused by whoever reads it, not cut.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace muster {

class Secret {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{64} * 1024;

  Secret() = default;
  explicit Secret(std::string_view bytes);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  Secret clone() const { return Secret(reveal()); }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  // The one way out. The view dies with this object; never store it, log it or pass it on a command line.
  std::string_view reveal() const { return {bytes_, size_}; }

  friend bool operator==(const Secret& a, const Secret& b);

 private:
  void wipe() noexcept;

  char* bytes_ = nullptr;
  std::size_t size_ = 0;
};

// Overwrites memory in a way the compiler may not remove.
void wipe(void* bytes, std::size_t size) noexcept;
inline void wipe(std::string& text) noexcept {
  wipe(text.data(), text.size());
}

}  // namespace muster
