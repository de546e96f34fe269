// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/like.h"

#include <algorithm>
#include <string>

namespace muster::cim {
namespace {

constexpr char32_t kNoCharacter = 0x110000;  // broken bytes lie behind all of Unicode

// Bytes of the sequence that begins with `lead`; 0 when none does.
constexpr std::size_t length_of(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

struct Decoded {
  char32_t character;
  std::size_t bytes;
};

Decoded decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const Decoded broken{kNoCharacter + lead, 1};
  const std::size_t length = length_of(lead);
  if (length == 1) return {lead, 1};
  if (length == 0 || text.size() < length) return broken;
  char32_t value = lead & (0x7FU >> length);
  for (const char c : text.substr(1, length - 1)) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80U) return broken;
    value = (value << 6U) | (byte & 0x3FU);
  }
  return {value, length};
}

Error bad_set(std::string_view why) {
  return {Errc::malformed, "LIKE pattern: " + std::string(why), "for a bracket itself write [[]"};
}

}  // namespace

std::u32string characters(std::string_view text, Case letter_case) {
  std::u32string out;
  out.reserve(text.size());
  while (!text.empty()) {
    auto [character, bytes] = decode(text);
    if (letter_case == Case::ignored && character >= U'A' && character <= U'Z') character += U'a' - U'A';
    out.push_back(character);
    text.remove_prefix(bytes);
  }
  return out;
}

Result<LikePattern> LikePattern::parse(std::string_view pattern, Case letter_case) {
  LikePattern out;
  out.case_ = letter_case;
  const std::u32string all = characters(pattern, letter_case);
  std::u32string_view rest = all;
  while (!rest.empty()) {
    const char32_t c = rest.front();
    rest.remove_prefix(1);
    if (c == U'[') {
      if (auto added = out.add_set(rest); !added) return fail(added.error());
      continue;
    }
    ++out.size_;
    if (c == U'%') {
      out.elements_.push_back({Element::Kind::any_text, {}});
    } else if (c == U'_') {
      out.elements_.push_back({Element::Kind::any_character, {}});
    } else {
      out.elements_.push_back({Element::Kind::in_set, {{c, c}}});
    }
  }
  return out;
}

// What follows "[". A "]" or "^" in first place is a member; so is "-" at either end.
Result<void> LikePattern::add_set(std::u32string_view& rest) {
  Element element{Element::Kind::in_set, {}};
  if (rest.starts_with(U'^')) {
    element.kind = Element::Kind::outside_set;
    rest.remove_prefix(1);
  }
  const auto end = rest.find(U']', 1);
  if (rest.empty() || end == std::u32string_view::npos) return fail(bad_set(R"("[" without its "]")"));
  auto members = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  while (!members.empty()) {
    const bool range = members.size() >= 3 && members[1] == U'-';
    const char32_t last = range ? members[2] : members[0];
    if (last < members[0]) return fail(bad_set("a range that runs backwards"));
    element.set.emplace_back(members[0], last);
    members.remove_prefix(range ? 3 : 1);
  }
  size_ += element.set.size();
  elements_.push_back(std::move(element));
  return {};
}

bool LikePattern::accepts(const Element& element, char32_t character) const {
  if (element.kind == Element::Kind::any_character) return true;
  const bool member = std::any_of(element.set.begin(), element.set.end(), [&](const Range& range) {
    return range.first <= character && character <= range.second;
  });
  return member == (element.kind == Element::Kind::in_set);
}

// Only the latest % is ever tried anew: an earlier one that took more could not help.
bool LikePattern::matches(std::string_view text) const {
  const std::u32string all = characters(text, case_);
  constexpr auto kNone = static_cast<std::size_t>(-1);
  std::size_t at = 0;
  std::size_t element = 0;
  std::size_t retry_element = kNone;
  std::size_t retry_at = 0;
  while (at < all.size()) {
    const bool more = element < elements_.size();
    if (more && elements_[element].kind == Element::Kind::any_text) {
      retry_element = ++element;
      retry_at = at;
    } else if (more && accepts(elements_[element], all[at])) {
      ++element;
      ++at;
    } else if (retry_element != kNone) {
      element = retry_element;
      at = ++retry_at;
    } else {
      return false;
    }
  }
  while (element < elements_.size() && elements_[element].kind == Element::Kind::any_text) ++element;
  return element == elements_.size();
}

}  // namespace muster::cim
