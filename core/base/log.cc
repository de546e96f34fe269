// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/log.h"

#include <atomic>
#include <cstdlib>
#include <ctime>
#include <string>

#include <unistd.h>

namespace muster::log {
namespace {

std::atomic<Level> limit{Level::info};

bool journal() {
  static const bool kConnected =
      ::getenv("JOURNAL_STREAM") != nullptr;  // NOLINT(concurrency-mt-unsafe): read once
  return kConnected;
}

std::string_view word(Level level) {
  switch (level) {
    case Level::error: return "error";
    case Level::warning: return "warning";
    case Level::notice: return "notice";
    case Level::info: return "info";
    case Level::debug: return "debug";
  }
  return "error";
}

std::string prefix(Level level) {
  if (journal()) return "<" + std::to_string(static_cast<int>(level)) + ">";
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[32];
  const auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ ", &utc);
  return std::string(text, size).append(word(level)).append(" ");
}

}  // namespace

void threshold(Level level) {
  static_cast<void>(journal());  // now, since a process that drops privileges empties its environment
  limit.store(level, std::memory_order_relaxed);
}

bool enabled(Level level) {
  return level <= limit.load(std::memory_order_relaxed);
}

std::string printable(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      out.push_back(c);
      continue;
    }
    out.append("\\x").push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 15]);
  }
  return out;
}

void write(Level level, std::string_view component, std::string_view text) {
  if (!enabled(level)) return;
  const auto line = prefix(level).append(component).append(": ").append(printable(text)).append("\n");
  static_cast<void>(!::write(STDERR_FILENO, line.data(), line.size()));  // nowhere to report a failure to
}

void error(std::string_view component, const Error& error) {
  write(Level::error, component, error.hint.empty() ? error.what : error.what + " (" + error.hint + ")");
}

}  // namespace muster::log
