// SPDX-License-Identifier: GPL-2.0-or-later
// Times and durations in words. Units: UTC.
#pragma once

#include <chrono>
#include <string>

namespace muster {

// "2026-11-20T09:14:56Z"; "" for the epoch, which stands for "never".
std::string iso8601(std::chrono::system_clock::time_point time);

// The two largest units: "12 s", "3 m 5 s", "2 h 10 m", "4 d 3 h". Negative durations count as zero.
std::string duration_text(std::chrono::seconds duration);

// "0.25 s" below ten seconds, else duration_text().
std::string took_text(std::chrono::milliseconds duration);

}  // namespace muster
