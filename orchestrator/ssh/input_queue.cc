// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ssh/input_queue.h"

#include <algorithm>
#include <cassert>

#include "core/base/secret.h"

namespace muster {
namespace {

constexpr std::size_t kLeastBytes = 512;  // a password, and the line that follows it

}  // namespace

InputQueue::~InputQueue() {
  wipe(bytes_);
}

void InputQueue::append(std::string_view bytes) {
  if (empty()) {
    bytes_.clear();  // sent() has wiped it
    sent_ = 0;
  }
  make_room(bytes.size());
  bytes_.append(bytes);
}

// A string that grows by itself gives its old memory back as it is.
void InputQueue::make_room(std::size_t more) {
  const auto wanted = bytes_.size() + more;
  if (bytes_.capacity() >= std::max(kLeastBytes, wanted)) return;
  std::string larger;
  larger.reserve(std::max(kLeastBytes, 2 * wanted));
  larger.append(bytes_);
  wipe(bytes_);
  bytes_.swap(larger);
}

void InputQueue::sent(std::size_t count) {
  assert(count <= waiting().size());
  wipe(bytes_.data() + sent_, count);
  sent_ += count;
}

}  // namespace muster
