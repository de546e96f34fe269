// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/wire_time.h"

#include <cstddef>
#include <string>

namespace muster::proc {
namespace {

// From the last digit to the first.
void put(std::string& text, std::size_t at, std::size_t digits, unsigned value) {
  for (; digits > 0; --digits, value /= 10) text[at + digits - 1] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::string wire_time(std::chrono::system_clock::time_point moment) {
  using namespace std::chrono;
  const auto day = floor<days>(moment);
  const year_month_day date(day);
  const hh_mm_ss time(floor<microseconds>(moment - day));
  std::string text = "0000-00-00T00:00:00.000000Z";
  put(text, 0, 4, static_cast<unsigned>(static_cast<int>(date.year())));
  put(text, 5, 2, static_cast<unsigned>(date.month()));
  put(text, 8, 2, static_cast<unsigned>(date.day()));
  put(text, 11, 2, static_cast<unsigned>(time.hours().count()));
  put(text, 14, 2, static_cast<unsigned>(time.minutes().count()));
  put(text, 17, 2, static_cast<unsigned>(time.seconds().count()));
  put(text, 20, 6, static_cast<unsigned>(time.subseconds().count()));
  return text;
}

}  // namespace muster::proc
