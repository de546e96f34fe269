// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/time_text.h"

#include <array>
#include <ctime>

namespace muster {

std::string iso8601(std::chrono::system_clock::time_point time) {
  if (time.time_since_epoch().count() == 0) return {};
  const auto seconds = std::chrono::system_clock::to_time_t(time);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {text.data(), size};
}

std::string duration_text(std::chrono::seconds duration) {
  struct Unit {
    long long seconds;
    const char* name;
  };
  static constexpr Unit kUnits[] = {{86400, " d"}, {3600, " h"}, {60, " m"}, {1, " s"}};
  auto left = duration.count() < 0 ? 0 : static_cast<long long>(duration.count());
  std::string text;
  for (std::size_t i = 0; i < std::size(kUnits); ++i) {
    const auto count = left / kUnits[i].seconds;
    if (count == 0) continue;
    text = std::to_string(count) + kUnits[i].name;
    left -= count * kUnits[i].seconds;
    if (i + 1 == std::size(kUnits)) return text;
    const auto next = left / kUnits[i + 1].seconds;
    return next == 0 ? text : text + " " + std::to_string(next) + kUnits[i + 1].name;
  }
  return "0 s";
}

std::string took_text(std::chrono::milliseconds duration) {
  if (duration >= std::chrono::seconds(10)) {
    return duration_text(std::chrono::duration_cast<std::chrono::seconds>(duration));
  }
  const auto hundredths = (duration.count() + 5) / 10;
  const auto fraction = std::to_string(hundredths % 100);
  return std::to_string(hundredths / 100) + "." + (fraction.size() == 1 ? "0" : "") + fraction + " s";
}

}  // namespace muster
