// SPDX-License-Identifier: GPL-2.0-or-later
// NOLINTBEGIN(cppcoreguidelines-no-malloc): what stands in for malloc(3) in libraries of C
#include "core/base/kept_blocks.h"

#include <array>
#include <cstdlib>

#include <malloc.h>

#include "core/base/sanitized.h"

namespace muster::kept_blocks {

namespace {

struct Place {
  void* block = nullptr;
  std::size_t size = 0;  // what fits
};

// Without a destructor: libraries give memory back after those of this process have run.
std::array<Place, kMost>& places() {
  thread_local constinit std::array<Place, kMost> kept{};
  return kept;
}

}  // namespace

void* take(std::size_t size) {
  if (!kSanitized && size >= kSmallest && size <= kLargest) {
    for (Place& place : places()) {
      // One twice as large would be missed by those who need it.
      if (place.block == nullptr || place.size < size || place.size > size + size / 2) continue;
      void* const block = place.block;
      place.block = nullptr;
      return block;
    }
  }
  return std::malloc(size);
}

void give_back(void* block) {
  if (block == nullptr) return;
  const std::size_t size = ::malloc_usable_size(block);
  if (!kSanitized && size >= kSmallest && size <= kLargest) {
    for (Place& place : places()) {
      if (place.block != nullptr) continue;
      place = {block, size};
      return;
    }
  }
  std::free(block);
}

void* resize(void* block, std::size_t size) {
  return std::realloc(block, size);
}

}  // namespace muster::kept_blocks
// NOLINTEND(cppcoreguidelines-no-malloc)
