// SPDX-License-Identifier: GPL-2.0-or-later
// A fuzz input taken apart into the numbers and texts that a target makes its calls of. An input that is too short
// goes on with zeros and empty texts, so that every input is a valid one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace muster::fuzz {

inline void demand(bool holds) {
  if (!holds) std::abort();
}

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  bool empty() const { return rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  // A byte below `count`.
  unsigned choice(unsigned count) { return byte() % count; }
  // Up to the next line end, which is dropped.
  std::string_view line() {
    const auto end = rest_.find('\n');
    const auto found = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return found;
  }
  std::string_view rest() {
    const auto all = rest_;
    rest_ = {};
    return all;
  }

 private:
  std::string_view rest_;
};

}  // namespace muster::fuzz
