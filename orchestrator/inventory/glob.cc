// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/glob.h"

#include <cstddef>

namespace muster {
namespace {

// Length of the set that begins at pattern[0] == '['; 0 when it is not closed. A ']' right behind the opening
// belongs to it.
std::size_t set_length(std::string_view pattern) {
  std::size_t from = 1;
  if (from < pattern.size() && pattern[from] == '!') ++from;
  const std::size_t close = pattern.find(']', from + 1);
  return close == std::string_view::npos ? 0 : close + 1;
}

bool set_holds(std::string_view inside, char c) {
  const bool negated = inside[0] == '!';
  if (negated) inside.remove_prefix(1);
  bool found = false;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (i + 2 < inside.size() && inside[i + 1] == '-') {
      found = found || (inside[i] <= c && c <= inside[i + 2]);
      i += 2;
    } else {
      found = found || inside[i] == c;
    }
  }
  return found != negated;
}

// Whether the first element of `pattern` takes `c`; `length` becomes that element's.
bool element_takes(std::string_view pattern, char c, std::size_t& length) {
  length = 1;
  if (pattern[0] == '?') return true;
  const std::size_t set = pattern[0] == '[' ? set_length(pattern) : 0;
  if (set == 0) return pattern[0] == c;
  length = set;
  return set_holds(pattern.substr(1, set - 2), c);
}

}  // namespace

// Only the last '*' can need another try: what an earlier one took never has to change.
bool glob_matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t retry = 0;
  while (n < name.size()) {
    std::size_t length = 0;
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = n;
    } else if (p < pattern.size() && element_takes(pattern.substr(p), name[n], length)) {
      p += length;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace muster
