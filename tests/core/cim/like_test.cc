// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/like.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace muster::cim {
namespace {

bool like(std::string_view text, std::string_view pattern, Case letter_case = Case::distinguished) {
  const auto parsed = LikePattern::parse(pattern, letter_case);
  EXPECT_TRUE(parsed) << pattern;
  return parsed && parsed->matches(text);
}

TEST(Like, Matches) {
  struct Case {
    std::string_view text, pattern;
    bool expected;
  };
  const Case cases[] = {
      {"", "", true},
      {"a", "", false},
      {"", "%", true},
      {"", "_", false},
      {"abc", "abc", true},
      {"abc", "ABC", false},
      {"abc", "a%", true},
      {"abc", "%c", true},
      {"abc", "%b%", true},
      {"abc", "%d%", false},
      {"abc", "a_c", true},
      {"abc", "a_", false},
      {"aab", "%ab", true},
      {"abab", "%ab", true},
      {"ababa", "%ab", false},
      {"abcabd", "%abd", true},
      {"axbxc", "a%b%c", true},
      {"axbxcx", "a%b%c", false},
      {"b", "[a-c]", true},
      {"d", "[a-c]", false},
      {"d", "[^a-c]", true},
      {"b", "[^a-c]", false},
      {"-", "[a-]", true},
      {"-", "[-a]", true},
      {"]", "[]]", true},
      {"^", "[a^]", true},
      {"50%", "50[%]", true},
      {"50x", "50[%]", false},
      {"a_b", "a[_]b", true},
      {"axb", "a[_]b", false},
      {"[", "[[]", true},
      {"caf\xC3\xA9", "caf_", true},
      {"caf\xC3\xA9", "caf[\xC3\xA0-\xC3\xBF]", true},
      {"\xF0\x9F\x98\x80", "_", true},
      {"\xFF\xFE", "__", true},
      {"\xE2\x82", "__", true},
      {"/dev/mapper/vg0-root", "/dev/mapper/%-root", true},
  };
  for (const auto& [text, pattern, expected] : cases) {
    EXPECT_EQ(like(text, pattern), expected) << text << " " << pattern;
  }
}

TEST(Like, FoldsAsciiLettersOnlyAndOnlyWhenTold) {
  EXPECT_TRUE(like("SSHD", "ss%", Case::ignored));
  EXPECT_TRUE(like("sshd", "[A-S]SHD", Case::ignored));
  EXPECT_FALSE(like("\xC3\x89", "\xC3\xA9", Case::ignored));
}

TEST(Like, RefusesBrokenSets) {
  for (const auto* pattern : {"[", "[a", "[]", "[^", "[^]", "a[b", "[z-a]"}) {
    EXPECT_FALSE(LikePattern::parse(pattern, Case::distinguished)) << pattern;
  }
}

TEST(Like, CountsEveryMemberOfASet) {
  EXPECT_EQ(LikePattern::parse("a%_[bc-e]", Case::distinguished)->size(), 5U);
}

// With backtracking over every % this would outlast the universe.
TEST(Like, AHostilePatternTakesBoundedTime) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "%a";
  const auto parsed = LikePattern::parse(pattern + "%b", Case::distinguished);
  ASSERT_TRUE(parsed);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(parsed->matches(std::string(20000, 'a')));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

}  // namespace
}  // namespace muster::cim
