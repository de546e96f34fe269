// SPDX-License-Identifier: GPL-2.0-or-later
// One message between two of the agent's processes: a tag, an opaque id and a list of byte strings.
//
// Layout  u16 tag, u16 version, u32 field count, u64 id, then per field u32 length and the bytes; host byte
//         order, since both ends are one binary on one machine.
// Limits  kMaxFrameBytes, kMaxFields. decode() is fuzzed: the peer may have been taken over.
// Errors  malformed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/ipc/protocol.h"
#include "core/base/error.h"

namespace muster::ipc {

inline constexpr std::size_t kMaxFields = 512;

struct Frame {
  Tag tag = Tag::ready;
  std::uint64_t id = 0;
  std::vector<std::string> fields;
};

// Bytes that a frame with these fields takes.
std::size_t encoded_size(const Frame& frame);
std::string encode(const Frame& frame);
Result<Frame> decode(std::string_view bytes);

}  // namespace muster::ipc
