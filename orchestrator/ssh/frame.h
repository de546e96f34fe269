// SPDX-License-Identifier: GPL-2.0-or-later
// Length-prefixed messages between the management server and its SSH workers.
//
// Limits  kMaxFrameBytes, 1024 frames waiting to be read; a worker may be in a hostile server's hands, so what it sends is read as hostile
//         input.
// Errors  malformed (too large, cut, out of grammar), unreachable (the other end is gone), internal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/fd.h"

namespace muster {

inline constexpr std::size_t kMaxFrameBytes = std::size_t{160} * 1024;  // fits into a socket's default buffer

struct Frame {
  std::uint8_t kind = 0;
  std::string body;
};

// Body of a frame, field by field in a fixed order.
class Pack {
 public:
  Pack& number(std::uint64_t value);
  Pack& text(std::string_view value);
  const std::string& body() const { return body_; }
  std::string& body() { return body_; }

 private:
  std::string body_;
};

// The first field that does not fit makes ok() false; all further ones are empty.
class Unpack {
 public:
  explicit Unpack(std::string_view body) : rest_(body) {}
  std::uint64_t number();
  std::string_view text();
  bool ok() const { return ok_; }
  bool finished() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// Bytes in, frames out.
class FrameReader {
 public:
  FrameReader() = default;
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;
  FrameReader(FrameReader&&) = delete;
  FrameReader& operator=(FrameReader&&) = delete;
  ~FrameReader();  // wipes what it still holds

  Result<void> feed(std::string_view bytes);
  std::optional<Frame> next();

 private:
  std::string held_;
  std::deque<Frame> frames_;
};

// One frame in one piece, with an optional descriptor. A full socket buffer is an error, never a wait.
Result<void> send_frame(int socket, std::uint8_t kind, std::string_view body, int passed_fd = -1);

struct Received {
  bool ended = false;  // the other end closed
  bool any = false;
  Fd passed;  // the last descriptor that came along
};
// Takes what is there without waiting, at most 256 KiB: the rest makes the socket readable again.
Result<Received> receive_frames(int socket, FrameReader& reader);

}  // namespace muster
