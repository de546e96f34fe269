// SPDX-License-Identifier: GPL-2.0-or-later
// What counters did between two readings.
//
// A provider reads its counters every kSamplingInterval and keeps kReadings of them. Its rates are averages
// from the oldest to the newest reading, so that a client that polls once a minute sees all of that minute,
// and the first figures come after one interval instead of one minute.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace muster::proc {

inline constexpr std::chrono::seconds kSamplingInterval{15};
inline constexpr std::size_t kReadings = 5;  // four intervals: one minute

// A counter that went backwards was reset: nothing is known of the interval.
inline std::uint64_t grown(std::uint64_t before, std::uint64_t after) {
  return after > before ? after - before : 0;
}

// Per second, rounded to the nearest whole number; 0 without an interval.
inline std::uint64_t per_second(std::uint64_t amount, std::chrono::nanoseconds elapsed) {
  if (elapsed.count() <= 0) return 0;
  return static_cast<std::uint64_t>(
      std::llround(static_cast<double>(amount) * 1e9 / static_cast<double>(elapsed.count())));
}

// Rounded to the nearest whole percent, 0 to 100; 0 of nothing.
inline std::uint64_t percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return 0;
  const auto share = static_cast<double>(part) * 100.0 / static_cast<double>(whole);
  return static_cast<std::uint64_t>(std::llround(share > 100.0 ? 100.0 : share));
}

// Readings of one kind in the order they were taken; the oldest makes room for the newest.
template <class Reading>
class History {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void add(Time time, Reading reading) {
    if (size_ == kReadings) {
      std::move(entries_.begin() + 1, entries_.end(), entries_.begin());
    } else {
      ++size_;
    }
    entries_[size_ - 1] = {time, std::move(reading)};
  }

  // Whether there is an interval to speak of.
  bool has_interval() const { return size_ > 1 && elapsed().count() > 0; }
  const Reading& oldest() const { return entries_[0].reading; }
  const Reading& newest() const { return entries_[size_ == 0 ? 0 : size_ - 1].reading; }
  std::chrono::nanoseconds elapsed() const {
    return size_ == 0 ? std::chrono::nanoseconds(0) : entries_[size_ - 1].time - entries_[0].time;
  }
  std::size_t size() const { return size_; }

 private:
  struct Entry {
    Time time{};
    Reading reading{};
  };
  std::array<Entry, kReadings> entries_{};
  std::size_t size_ = 0;
};

}  // namespace muster::proc
