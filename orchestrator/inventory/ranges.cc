// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/ranges.h"

#include <charconv>
#include <utility>

#include "orchestrator/inventory/names.h"
#include "orchestrator/inventory/text.h"

namespace muster {
namespace {

constexpr std::string_view kRangeHint = "write [1:9], [01:09], [a:f] or, with a step, [1:9:2]";
constexpr std::string_view kNameHint =
    "letters, digits, '.', '_' and '-' only, not beginning with '-' or '.', at most 253; or an IPv6 address";
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::size_t kMostDigits = 9;

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t value = 0;
  if (text.empty() || text.size() > kMostDigits) return std::nullopt;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Range {
  std::uint64_t begin = 0, end = 0, step = 1;
  std::size_t width = 0;  // zeros are added up to it
  bool letters = false;

  std::uint64_t size() const { return (end - begin) / step + 1; }

  std::string at(std::uint64_t index) const {
    const std::uint64_t value = begin + index * step;
    if (letters) return {kLetters[value]};
    std::string digits = std::to_string(value);
    return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
  }
};

tl::unexpected<Error> bad_range(std::string_view inside, std::string_view why) {
  return fail(Errc::malformed, "range " + shown("[" + std::string(inside) + "]") + " " + std::string(why),
              std::string(kRangeHint));
}

bool letter_bounds(std::string_view begin, std::string_view end) {
  return begin.size() == 1 && end.size() == 1 && kLetters.find(begin[0]) != std::string_view::npos &&
         kLetters.find(end[0]) != std::string_view::npos;
}

Result<Range> with_bounds(Range range, std::string_view inside, std::string_view begin,
                          std::string_view end) {
  if (begin.empty()) begin = "0";
  if (letter_bounds(begin, end)) {
    range.letters = true;
    range.begin = kLetters.find(begin[0]);
    range.end = kLetters.find(end[0]);
  } else {
    const auto first = read_number(begin);
    const auto last = read_number(end);
    if (!first || !last) return bad_range(inside, "needs two numbers of at most 9 digits or two letters");
    if (begin[0] == '0' && begin.size() > 1) range.width = begin.size();
    if (range.width != 0 && range.width != end.size()) {
      return bad_range(inside, "has bounds of unequal length");
    }
    range.begin = *first;
    range.end = *last;
  }
  if (range.begin > range.end) return bad_range(inside, "runs backwards");
  return range;
}

Result<Range> read_range(std::string_view inside) {
  const std::size_t colon = inside.find(':');
  if (colon == std::string_view::npos) return bad_range(inside, "has no ':'");
  std::string_view end = inside.substr(colon + 1);
  Range range;
  if (const std::size_t second = end.find(':'); second != std::string_view::npos) {
    const auto step = read_number(end.substr(second + 1));
    if (!step || *step == 0) return bad_range(inside, "has a step that is not a positive number");
    range.step = *step;
    end = end.substr(0, second);
  }
  return with_bounds(range, inside, inside.substr(0, colon), end);
}

void append_literal(std::vector<std::string>& names, std::string_view text) {
  for (std::string& name : names) name += text;
}

Result<std::vector<std::string>> multiply(const std::vector<std::string>& names, const Range& range,
                                          std::size_t most) {
  if (range.size() > most / names.size()) {
    return fail(Errc::malformed, "ranges stand for more than " + std::to_string(most) + " hosts",
                "divide the inventory, or correct the range");
  }
  std::vector<std::string> out;
  out.reserve(names.size() * range.size());
  for (const std::string& name : names) {
    for (std::uint64_t i = 0; i < range.size(); ++i) out.push_back(name + range.at(i));
  }
  return out;
}

Result<std::vector<std::string>> expand(std::string_view pattern, std::size_t most) {
  std::vector<std::string> names{""};
  while (!pattern.empty()) {
    const std::size_t open = pattern.find('[');
    append_literal(names, pattern.substr(0, open));
    if (open == std::string_view::npos) break;
    const std::size_t close = pattern.find(']', open);
    if (close == std::string_view::npos) return bad_range(pattern.substr(open + 1), "is not closed");
    const Result<Range> range = read_range(pattern.substr(open + 1, close - open - 1));
    if (!range) return fail(range.error());
    auto more = multiply(names, *range, most);
    if (!more) return more;
    names = std::move(*more);
    pattern.remove_prefix(close + 1);
  }
  return names;
}

struct Colons {
  std::size_t count = 0;
  std::size_t last = 0;
};

Colons colons_outside_ranges(std::string_view pattern) {
  Colons found;
  bool inside = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '[') inside = true;
    if (pattern[i] == ']') inside = false;
    if (pattern[i] == ':' && !inside) found = {found.count + 1, i};
  }
  return found;
}

struct Parts {
  std::string_view host;
  std::optional<std::uint16_t> port;
};

// Two colons and more belong to an IPv6 address, which takes a port only behind brackets.
Result<Parts> split_port(std::string_view pattern) {
  const Colons colons = colons_outside_ranges(pattern);
  if (colons.count != 1) return Parts{pattern, std::nullopt};
  const auto port = read_port(pattern.substr(colons.last + 1));
  if (!port) {
    return fail(Errc::malformed, "host " + shown(pattern) + " has no port number after ':'",
                "write name:port with a port from 1 to 65535, or leave the ':' out");
  }
  std::string_view host = pattern.substr(0, colons.last);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    const std::string_view inside = host.substr(1, host.size() - 2);
    if (is_host_name(inside)) host = inside;
  }
  return Parts{host, port};
}

// As far as the first sign that no host name has: of a wrong file the rest may be a secret.
std::string shown_to_fault(std::string_view name) {
  constexpr std::string_view kSigns = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  const std::size_t fault = name.find_first_not_of(kSigns);
  return shown(fault == std::string_view::npos ? name : name.substr(0, fault + 1));
}

}  // namespace

std::optional<std::uint16_t> read_port(std::string_view text) {
  if (text.empty() || text[0] == '0') return std::nullopt;
  const auto value = read_number(text);
  if (!value || *value > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*value);
}

Result<HostPattern> expand_host_pattern(std::string_view pattern, std::size_t most_names) {
  const Result<Parts> parts = split_port(pattern);
  if (!parts) return fail(parts.error());
  auto names = expand(parts->host, most_names);
  if (!names) return fail(std::move(names.error()));
  for (const std::string& name : *names) {
    if (is_host_name(name)) continue;
    return fail(Errc::malformed, shown_to_fault(name) + " is not a host name", std::string(kNameHint));
  }
  return HostPattern{std::move(*names), parts->port};
}

}  // namespace muster
