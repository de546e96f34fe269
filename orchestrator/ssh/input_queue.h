// SPDX-License-Identifier: GPL-2.0-or-later
// Bytes that wait for a connection. They may be a password: what was sent is wiped, and so is what growing
// leaves behind and what is still there at the end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace muster {

class InputQueue {
 public:
  InputQueue() = default;
  InputQueue(const InputQueue&) = delete;
  InputQueue& operator=(const InputQueue&) = delete;
  InputQueue(InputQueue&&) = delete;
  InputQueue& operator=(InputQueue&&) = delete;
  ~InputQueue();

  void append(std::string_view bytes);
  // Good until the next append().
  std::string_view waiting() const { return std::string_view(bytes_).substr(sent_); }
  bool empty() const { return sent_ == bytes_.size(); }
  // The first `count` of those that wait have gone.
  void sent(std::size_t count);

 private:
  void make_room(std::size_t more);

  std::string bytes_;
  std::size_t sent_ = 0;
};

}  // namespace muster
