// SPDX-License-Identifier: GPL-2.0-or-later
// The pattern of LIKE: % is any text, _ one character, [a-z] one of a set, [^a-z] one outside it. A sign of
// these is itself inside brackets: [%].
//
// Errors  malformed: a set without end, without members or with a range that runs backwards.
// Limits  matching takes at most (characters of the text) x size() steps: no pattern makes it worse.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.h"

namespace muster::cim {

enum class Case : std::uint8_t { distinguished, ignored };  // ASCII letters alone are ever folded

class LikePattern {
 public:
  static Result<LikePattern> parse(std::string_view pattern, Case letter_case);

  bool matches(std::string_view text) const;
  std::size_t size() const { return size_; }  // elements, each member of a set counted

 private:
  using Range = std::pair<char32_t, char32_t>;
  struct Element {
    enum class Kind : std::uint8_t { any_text, any_character, in_set, outside_set } kind;
    std::vector<Range> set;
  };
  bool accepts(const Element& element, char32_t character) const;
  Result<void> add_set(std::u32string_view& rest);

  std::vector<Element> elements_;
  std::size_t size_ = 0;
  Case case_ = Case::distinguished;
};

// Bytes that are no UTF-8 count as one character each.
std::u32string characters(std::string_view text, Case letter_case);

}  // namespace muster::cim
