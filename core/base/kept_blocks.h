// SPDX-License-Identifier: GPL-2.0-or-later
// Memory that every message takes and gives back in the same few sizes: TLS records, pages of a parsed document.
// malloc(3) splits and joins such blocks each time, which cost a tenth of a request; here the last few wait for the
// next message.
//
// Limits   kMost blocks of kSmallest to kLargest bytes for each thread, which are lost when the thread ends: for those
//          that last as long as the process. All else is malloc's.
// Threads  any; a block may be given back by another thread than took it.
// Sanitizers see malloc(3) alone: a block that is kept would hide what is used after it was given back.
#pragma once

#include <cstddef>

namespace muster::kept_blocks {

inline constexpr std::size_t kMost = 4;
inline constexpr std::size_t kSmallest = std::size_t{8} * 1024;
inline constexpr std::size_t kLargest = std::size_t{48} * 1024;

// As malloc(3), realloc(3) and free(3), and to be mixed with them.
void* take(std::size_t size);
void* resize(void* block, std::size_t size);
void give_back(void* block);

}  // namespace muster::kept_blocks
