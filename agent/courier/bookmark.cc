// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/bookmark.h"

#include <array>
#include <charconv>

#include "core/wsman/names.h"

namespace muster::courier {
namespace {

using wsman::Fault;
using enum wsman::FaultCode;

constexpr std::string_view kPrefix = "muster:";

std::string hex(std::uint64_t number) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return {digits.data(), end};
}

// Cuts a number off the front, and the colon behind it unless it is the last.
bool take_number(std::string_view& text, int base, std::uint64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.empty()) return true;
  if (!text.starts_with(':') || text.size() == 1) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string bookmark_of(const EventLog& log, std::uint64_t number) {
  return std::string(kPrefix) + hex(checksum(log.stream())) + ":" + hex(log.generation()) + ":" +
         std::to_string(number);
}

std::optional<Fault> read_bookmark(std::string_view text, const EventLog& log, std::uint64_t& out) {
  if (text == wsman::names::kEarliest) {
    out = log.first() - 1;
    return std::nullopt;
  }
  const Fault malformed{invalid_bookmark, "this is no bookmark of this service", "InvalidFormat"};
  if (!text.starts_with(kPrefix)) return malformed;
  text.remove_prefix(kPrefix.size());
  std::uint64_t stream = 0;
  std::uint64_t generation = 0;
  std::uint64_t number = 0;
  if (!take_number(text, 16, stream) || !take_number(text, 16, generation) ||
      !take_number(text, 10, number) || !text.empty()) {
    return malformed;
  }
  if (stream != checksum(log.stream())) {
    return Fault{invalid_bookmark, "the bookmark is of another class, filter, interval or caller", "Invalid"};
  }
  if (generation != log.generation() || number + 1 < log.first()) {
    return Fault{invalid_bookmark, "the events after this bookmark are no longer kept", "Expired"};
  }
  if (number > log.last()) return Fault{invalid_bookmark, "the bookmark lies ahead", "Invalid"};
  out = number;
  return std::nullopt;
}

}  // namespace muster::courier
