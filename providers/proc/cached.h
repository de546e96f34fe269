// SPDX-License-Identifier: GPL-2.0-or-later
// A value that hardly changes or is asked for again and again, and costs calls of the kernel: read again only when it is
// older than its lifetime.
// A Result that is an error is not kept: the next call reads again.
#pragma once

#include <chrono>
#include <optional>

namespace muster::proc {

template <class T>
class Cached {
 public:
  explicit Cached(std::chrono::milliseconds lifetime) : lifetime_(lifetime) {}

  // The reference holds until the next call.
  template <class Read>
  const T& value(std::chrono::steady_clock::time_point now, Read read) {
    if (!kept_ || failed(*kept_) || now - read_at_ >= lifetime_) {
      kept_ = read();
      read_at_ = now;
    }
    return *kept_;
  }

 private:
  static bool failed(const T& value) {
    if constexpr (requires { value.error(); }) return !value.has_value();
    return false;
  }

  std::chrono::milliseconds lifetime_;
  std::chrono::steady_clock::time_point read_at_;
  std::optional<T> kept_;
};

}  // namespace muster::proc
