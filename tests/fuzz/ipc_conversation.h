// SPDX-License-Identifier: GPL-2.0-or-later
// What a process that was taken over says on its channel, made of a fuzz input: frames that are well formed but for
// their content, and datagrams of any bytes, with and without a descriptor.
#pragma once

#include <cerrno>
#include <string>

#include <sys/socket.h>

#include "agent/ipc/frame.h"
#include "tests/agent/ipc/raw_socket.h"
#include "tests/fuzz/input.h"

namespace muster::fuzz {

inline constexpr std::size_t kMostFrames = 32;

// Fields are separated by 0xff; the last ends with 0xfe or the input.
inline ipc::Frame take_frame(Input& input) {
  ipc::Frame frame{static_cast<ipc::Tag>(input.choice(24)), input.choice(8), {}};
  std::string field;
  while (!input.empty()) {
    const auto byte = input.byte();
    if (byte == 0xfe) break;
    if (byte != 0xff) {
      field.push_back(static_cast<char>(byte));
      continue;
    }
    frame.fields.push_back(std::move(field));
    field.clear();
  }
  frame.fields.push_back(std::move(field));
  return frame;
}

// One datagram: a frame, the same with a descriptor, a frame without fields, or the rest of the line as it is.
inline void say_something(Input& input, int socket) {
  const auto kind = input.choice(4);
  std::string bytes;
  if (kind == 3) {
    bytes = input.line();
  } else {
    auto frame = take_frame(input);
    if (kind == 2) frame.fields.clear();
    bytes = ipc::encode(frame);
  }
  if (bytes.empty()) return;  // an empty datagram cannot be told from the end
  try {
    ipc::testing::send_raw(socket, bytes, kind == 1 ? socket : -1);
  } catch (const std::runtime_error&) {
    return;  // the other end has hung up, or its buffer is full
  }
}

}  // namespace muster::fuzz
