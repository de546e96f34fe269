// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/duration.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "core/wsman/escape.h"

namespace muster::wsman {
namespace {

using std::chrono::milliseconds;

struct Designator {
  char letter;
  bool time;
  std::int64_t ms;
};

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kDay = 86400 * kSecond;
constexpr std::int64_t kMost = 36500 * kDay;
constexpr Designator kDesignators[] = {{'Y', false, 365 * kDay},  {'M', false, 30 * kDay},
                                       {'D', false, kDay},        {'H', true, 3600 * kSecond},
                                       {'M', true, 60 * kSecond}, {'S', true, kSecond}};

struct Number {
  std::int64_t whole = 0;
  std::int64_t thousandths = 0;
  bool fraction = false;
};

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Digits, and for seconds a fraction. Advances past them; false when there are none.
bool take_number(std::string_view& text, Number& out) {
  if (text.empty() || !is_digit(text.front())) return false;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1)) {
    out.whole = std::min(out.whole * 10 + (text.front() - '0'), kMost);
  }
  if (!text.starts_with('.')) return true;
  text.remove_prefix(1);
  out.fraction = true;
  std::int64_t weight = 100;
  if (text.empty() || !is_digit(text.front())) return false;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), weight /= 10) {
    out.thousandths += (text.front() - '0') * weight;
  }
  return true;
}

// The components after "P"; -1 when they break the grammar.
std::int64_t components(std::string_view text) {
  std::int64_t total = 0;
  std::size_t next = 0;
  bool time = false;
  if (text.empty() || text.back() == 'T') return -1;
  while (!text.empty()) {
    if (text.front() == 'T' && !time) {
      time = true;
      text.remove_prefix(1);
    }
    Number number;
    if (!take_number(text, number) || text.empty()) return -1;
    while (next < std::size(kDesignators) &&
           (kDesignators[next].letter != text.front() || kDesignators[next].time != time)) {
      ++next;
    }
    if (next == std::size(kDesignators) || (number.fraction && text.front() != 'S')) return -1;
    const std::int64_t unit = kDesignators[next++].ms;
    total = std::min(total + std::min(number.whole, kMost / unit) * unit + number.thousandths, kMost);
    text.remove_prefix(1);
  }
  return total;
}

}  // namespace

Result<milliseconds> parse_duration(std::string_view text) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  const std::int64_t total = rest.starts_with('P') ? components(rest.substr(1)) : -1;
  if (total < 0) {
    return fail(Errc::malformed, "\"" + sanitized(text.substr(0, 64)) + "\" is not a duration",
                "write PT60S");
  }
  return milliseconds(negative ? -total : total);
}

std::string format_duration(std::chrono::seconds duration) {
  return "PT" + std::to_string(duration.count()) + "S";
}

}  // namespace muster::wsman
