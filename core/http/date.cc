// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/date.h"

#include <array>
#include <cstdio>

namespace muster::http {

std::string format_date(std::time_t seconds) {
  // Not strftime(3), whose names follow the locale.
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  if (::gmtime_r(&seconds, &utc) == nullptr) return {};
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                 kDays.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                                 kMonths.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900,
                                 utc.tm_hour, utc.tm_min, utc.tm_sec);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string_view current_date() {
  thread_local std::time_t written = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != written || text.empty()) {
    text = format_date(now);
    written = now;
  }
  return text;
}

}  // namespace muster::http
