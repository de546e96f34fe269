// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/glob.h"

#include <string>

#include <gtest/gtest.h>

namespace muster {
namespace {

struct Row {
  const char* pattern;
  const char* name;
  bool matches;
};

// Expectations come from Python's fnmatch, which Ansible uses.
TEST(Glob, MatchesAsFnmatchDoes) {
  constexpr Row kRows[] = {{"a", "a", true},          {"a", "b", false},
                           {"a", "ab", false},        {"", "", true},
                           {"", "a", false},          {"*", "", true},
                           {"*", "abc", true},        {"a*", "abc", true},
                           {"*c", "abc", true},       {"*b*", "abc", true},
                           {"a*c*e", "abcde", true},  {"a*c*f", "abcde", false},
                           {"?", "a", true},          {"?", "", false},
                           {"a?c", "abc", true},      {"[ab]", "b", true},
                           {"[ab]", "c", false},      {"[!ab]", "c", true},
                           {"[!ab]", "a", false},     {"w[0-3]x", "w2x", true},
                           {"w[0-3]x", "w4x", false}, {"[]]", "]", true},
                           {"[!]]", "a", true},       {"[a-]", "-", true},
                           {"[a", "[a", true},        {"[", "[", true},
                           {"*[1-2]", "web12", true}, {"*.example", "a.example", true},
                           {"**a", "ba", true},       {"a.c", "abc", false}};
  for (const Row& row : kRows) {
    EXPECT_EQ(glob_matches(row.pattern, row.name), row.matches) << row.pattern << " " << row.name;
  }
}

TEST(Glob, StaysFastOnManyStars) {
  std::string pattern;
  for (int i = 0; i < 60; ++i) pattern += "*a";
  EXPECT_FALSE(glob_matches(pattern + "b", std::string(253, 'a')));
  EXPECT_TRUE(glob_matches(pattern, std::string(253, 'a')));
}

}  // namespace
}  // namespace muster
