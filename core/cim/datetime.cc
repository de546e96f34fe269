// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/datetime.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace muster::cim {
namespace {

using std::chrono::microseconds;

constexpr std::size_t kCimLength = 25;
constexpr std::size_t kSignPlace = 21;  // of the CIM form: + or - for a moment, : for a span
constexpr std::int64_t kMaxDays = 99'999'999;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes its way through a text; each step fails once and for all.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return text_.empty(); }
  char peek() const { return text_.empty() ? '\0' : text_.front(); }
  bool take(char c) {
    if (peek() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!take(c)) ok_ = false;
  }
  // Exactly `digits` of them.
  std::int64_t number(std::size_t digits) {
    if (text_.size() < digits) ok_ = false;
    std::int64_t value = 0;
    for (std::size_t i = 0; ok_ && i < digits; ++i) {
      if (!is_digit(text_.front())) ok_ = false;
      value = value * 10 + (text_.front() - '0');
      text_.remove_prefix(1);
    }
    return ok_ ? value : 0;
  }
  // At least one digit, at most kMaxDays.
  std::int64_t number() {
    if (!is_digit(peek())) ok_ = false;
    std::int64_t value = 0;
    while (ok_ && is_digit(peek())) {
      value = value * 10 + (peek() - '0');
      text_.remove_prefix(1);
      if (value > kMaxDays) ok_ = false;
    }
    return ok_ ? value : 0;
  }
  // Behind the point; what is finer than a microsecond is dropped.
  std::int64_t fraction() {
    if (!is_digit(peek())) ok_ = false;
    std::int64_t value = 0;
    std::int64_t weight = 100'000;
    for (; is_digit(peek()); weight /= 10) {
      value += (text_.front() - '0') * weight;
      text_.remove_prefix(1);
    }
    return value;
  }
  void check(bool truth) { ok_ = ok_ && truth; }

 private:
  std::string_view text_;
  bool ok_ = true;
};

std::int64_t days_since_epoch(Reader& in, std::int64_t year, std::int64_t month, std::int64_t day) {
  using namespace std::chrono;
  const year_month_day date(std::chrono::year(static_cast<int>(year)),
                            std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day)));
  in.check(date.ok());
  return in.ok() ? sys_days(date).time_since_epoch().count() : 0;
}

std::int64_t of_day(Reader& in, std::int64_t hours, std::int64_t minutes, std::int64_t seconds) {
  in.check(hours < 24 && minutes < 60 && seconds < 61);  // 60: a leap second
  return ((hours * 60 + minutes) * 60 + seconds) * 1'000'000;
}

constexpr std::int64_t kDay = std::int64_t{86'400} * 1'000'000;
constexpr std::int64_t kMinute = std::int64_t{60} * 1'000'000;

std::optional<Datetime> finished(const Reader& in, Datetime::Kind kind, std::int64_t value) {
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return Datetime{kind, value};
}

std::int64_t cim_time(Reader& in) {
  const auto hours = in.number(2);
  const auto minutes = in.number(2);
  const auto seconds = in.number(2);
  const auto day = of_day(in, hours, minutes, seconds);
  in.expect('.');
  return day + in.number(6);
}

std::optional<Datetime> cim_moment(std::string_view text) {
  Reader in(text);
  const auto year = in.number(4);
  const auto month = in.number(2);
  const auto day = in.number(2);
  const auto days = days_since_epoch(in, year, month, day);
  const auto time = cim_time(in);
  const bool east = in.take('+');
  if (!east) in.expect('-');
  const auto offset = in.number(3) * kMinute;
  return finished(in, Datetime::Kind::moment, days * kDay + time + (east ? -offset : offset));
}

std::optional<Datetime> cim_span(std::string_view text) {
  Reader in(text);
  const auto days = in.number(8);
  const auto time = cim_time(in);
  in.expect(':');
  in.check(in.number(3) == 0);
  return finished(in, Datetime::Kind::span, days * kDay + time);
}

// "Z", "+hh:mm", "-hh:mm" or nothing, which is taken as UTC; the offset to subtract.
std::int64_t xml_zone(Reader& in) {
  if (in.at_end() || in.take('Z')) return 0;
  const bool east = in.take('+');
  if (!east) in.expect('-');
  const auto hours = in.number(2);
  in.expect(':');
  const auto minutes = in.number(2);
  in.check(hours <= 14 && minutes < 60);
  const auto offset = (hours * 60 + minutes) * kMinute;
  return east ? offset : -offset;
}

std::optional<Datetime> xml_moment(std::string_view text) {
  Reader in(text);
  const auto year = in.number(4);
  in.expect('-');
  const auto month = in.number(2);
  in.expect('-');
  const auto day = in.number(2);
  auto value = days_since_epoch(in, year, month, day) * kDay;
  if (in.take('T')) {
    const auto hours = in.number(2);
    in.expect(':');
    const auto minutes = in.number(2);
    in.expect(':');
    value += of_day(in, hours, minutes, in.number(2));
    if (in.take('.')) value += in.fraction();
  }
  value -= xml_zone(in);
  return finished(in, Datetime::Kind::moment, value);
}

// PnDTnHnMn.nS: a year or a month has no length of its own and is refused.
std::optional<Datetime> xml_span(std::string_view text) {
  Reader in(text);
  in.expect('P');
  in.check(!in.at_end());
  std::int64_t value = 0;
  if (in.peek() != 'T') {
    value = in.number() * kDay;
    in.expect('D');
  }
  if (in.take('T')) {
    struct Part {
      char letter;
      std::int64_t microseconds;
    };
    static constexpr Part kParts[] = {{'H', 60 * kMinute}, {'M', kMinute}, {'S', 1'000'000}};
    in.check(!in.at_end());
    std::size_t next = 0;
    while (in.ok() && !in.at_end()) {
      const auto number = in.number();
      const bool point = in.take('.');
      const auto fraction = point ? in.fraction() : 0;
      while (next < 3 && kParts[next].letter != in.peek()) ++next;
      in.check(next < 3 && (!point || in.peek() == 'S'));
      if (!in.ok()) break;
      value += number * kParts[next].microseconds + fraction;
      in.take(in.peek());
      ++next;
    }
  }
  return finished(in, Datetime::Kind::span, value);
}

}  // namespace

Result<Datetime> parse_datetime(std::string_view text) {
  std::optional<Datetime> out;
  if (text.starts_with('P')) {
    out = xml_span(text);
  } else if (text.size() == kCimLength && text[kSignPlace] == ':') {
    out = cim_span(text);
  } else if (text.size() == kCimLength && text.find('T') == std::string_view::npos) {
    out = cim_moment(text);
  } else {
    out = xml_moment(text);
  }
  if (out) return *out;
  return fail(Errc::malformed,
              "datetime \"" + std::string(text.substr(0, 64)) + "\": neither a moment nor a span",
              "for example 2026-11-20T09:14:56Z or P1DT13H");
}

}  // namespace muster::cim
