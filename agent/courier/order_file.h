// SPDX-License-Identifier: GPL-2.0-or-later
// A subscription that is kept: its order, and how far its sink has taken its stream.
//
// Promise  the order is on disk when it is made (one rename). The position is written in place without waiting for
//          the disk: after a power cut some events may be sent again, none is left out. sync() waits; whoever tells
//          a sink of drops, or has a log forget events, calls it before.
// Layout   position, drops, what was told of them, generation and a check of the four (40 octets), then a frame of
//          agent/ipc. Earlier there were position, drops and check alone (24 octets); such a file is read, and
//          written anew.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/wsman/courier.h"

namespace muster::courier {

struct Position {
  std::uint64_t taken = 0;       // the last event of the stream that the sink has
  std::uint64_t dropped = 0;     // events that were never sent, since the subscription began
  std::uint64_t told = 0;        // as many of them as the sink has heard of
  std::uint64_t generation = 0;  // of the log that `taken` is a number of; 0: nobody knows

  bool operator==(const Position&) const = default;
};

class OrderFile {
 public:
  using Time = std::chrono::system_clock::time_point;

  static Result<OrderFile> make(const std::string& path, const wsman::Order& order, Position position,
                                Time now);
  // malformed: no order; whoever asks may remove the file.
  static Result<OrderFile> read(const std::string& path);

  const wsman::Order& order() const { return order_; }
  Position position() const { return position_; }
  Time dies() const { return dies_; }
  Result<void> move_to(Position position);
  Result<void> sync();  // the position is on disk
  Result<void> renew(std::chrono::milliseconds lifetime, Time now);
  void remove();

 private:
  OrderFile(std::string path, wsman::Order order, Position position, Time dies)
      : path_(std::move(path)), order_(std::move(order)), position_(position), dies_(dies) {}
  Result<void> write(Time dies);

  std::string path_;
  wsman::Order order_;
  Position position_;
  Time dies_;
  Fd file_;
  bool on_disk_ = false;  // the position
  bool named_ = true;     // ... under this path, not in the file that was replaced
};

}  // namespace muster::courier
