// SPDX-License-Identifier: GPL-2.0-or-later
// One stream of events on disk, numbered from 1 on.
//
// Promise  append() returns when the event is on disk (fdatasync); whatever ends the process after that, open() finds
//          it. A record that was cut by the end of the process is cut off and was never taken.
// Limits   kMostBytes, kMostEvents: the oldest give way, a quarter at a time.
// Errors   of open(): malformed (no log), unsupported (that of another stream), internal and denied (the disk). Of
//          append(): the event is not kept.
// Layout   records of u32 size, u64 checksum and the payload, in the machine's order: the first holds the generation,
//          the number of the first event and the name of the stream, each other one an event.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/fd.h"

namespace muster::courier {

std::uint64_t checksum(std::string_view bytes);  // FNV-1a: against cut writes, not against malice

class EventLog {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{1024} * 1024;
  static constexpr std::size_t kMostEvents = 4096;

  // Makes it when it is missing, with this generation.
  static Result<EventLog> open(const std::string& path, const std::string& stream, std::uint64_t generation);

  // False: the oldest give way to it.
  bool has_room_for(std::string_view item) const;
  // The number that it got.
  Result<std::uint64_t> append(std::string_view item);
  Result<std::string> read(std::uint64_t number) const;  // first() <= number <= last()
  std::size_t size_of(std::uint64_t number) const { return records_[number - first_].size; }

  std::uint64_t first() const { return first_; }
  std::uint64_t last() const { return first_ + records_.size() - 1; }  // first() - 1 when there is none
  // Numbers of another generation mean nothing here.
  std::uint64_t generation() const { return generation_; }
  const std::string& stream() const { return stream_; }

  // Gives back the room of all events below this number.
  Result<void> forget_below(std::uint64_t number);

 private:
  struct Record {
    std::uint64_t offset = 0;
    std::uint32_t size = 0;
  };
  EventLog(std::string path, std::string stream, std::uint64_t generation)
      : path_(std::move(path)), stream_(std::move(stream)), generation_(generation) {}
  Result<void> make();
  Result<void> load();
  Result<void> rewrite(std::uint64_t first);
  Result<void> take_header(std::string_view payload);
  Result<void> settle();

  std::string path_;
  std::string stream_;
  std::uint64_t generation_ = 0;
  std::uint64_t first_ = 1;
  Fd file_;
  bool settled_ = false;  // that the file is in its place is on disk
  std::uint64_t end_ = 0;
  std::vector<Record> records_;
};

}  // namespace muster::courier
