// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/ipc/frame.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace muster::ipc {
namespace {

constexpr std::size_t kHeaderBytes = 2 + 2 + 4 + 8;

template <class T>
void put(std::string& out, T value) {
  static_assert(std::is_unsigned_v<T>);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
bool take(std::string_view& in, T& value) {
  static_assert(std::is_unsigned_v<T>);
  if (in.size() < sizeof value) return false;
  std::memcpy(&value, in.data(), sizeof value);
  in.remove_prefix(sizeof value);
  return true;
}

}  // namespace

std::size_t encoded_size(const Frame& frame) {
  std::size_t size = kHeaderBytes;
  for (const auto& field : frame.fields) size += sizeof(std::uint32_t) + field.size();
  return size;
}

std::string encode(const Frame& frame) {
  std::string out;
  out.reserve(encoded_size(frame));
  put(out, static_cast<std::uint16_t>(frame.tag));
  put(out, kVersion);
  put(out, static_cast<std::uint32_t>(frame.fields.size()));
  put(out, frame.id);
  for (const auto& field : frame.fields) {
    put(out, static_cast<std::uint32_t>(field.size()));
    out.append(field);
  }
  return out;
}

Result<Frame> decode(std::string_view bytes) {
  std::uint16_t tag = 0;
  std::uint16_t version = 0;
  std::uint32_t count = 0;
  Frame frame;
  if (bytes.size() > kMaxFrameBytes) return fail(Errc::malformed, "frame: too long");
  if (!take(bytes, tag) || !take(bytes, version) || !take(bytes, count) || !take(bytes, frame.id)) {
    return fail(Errc::malformed, "frame: cut header");
  }
  if (version != kVersion) return fail(Errc::malformed, "frame: unknown version");
  if (count > kMaxFields) return fail(Errc::malformed, "frame: too many fields");
  frame.tag = static_cast<Tag>(tag);
  frame.fields.reserve(std::min<std::size_t>(count, bytes.size() / sizeof(std::uint32_t)));
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t size = 0;
    if (!take(bytes, size) || size > bytes.size()) return fail(Errc::malformed, "frame: cut field");
    frame.fields.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  if (!bytes.empty()) return fail(Errc::malformed, "frame: bytes after the last field");
  return frame;
}

}  // namespace muster::ipc
