// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/executor/line_matcher.h"

#include <chrono>

#include <gtest/gtest.h>

namespace muster::executor {
namespace {

TEST(LineMatcher, TellsTheNumbersOfAllThatMatch) {
  const LineMatcher matcher({"error", "^x", "[[:digit:]]{2,}$", ".*"});
  EXPECT_EQ(matcher.invalid(), "");
  EXPECT_EQ(matcher.matches("an error 42"), "0 2 3");
  EXPECT_EQ(matcher.matches("xy"), "1 3");
  EXPECT_EQ(LineMatcher({"error"}).matches("Error"), "");
  EXPECT_EQ(LineMatcher({"(?i)error"}).matches("Error"), "0");
}

TEST(LineMatcher, NamesThoseThatCannotBeUsedAndGoesOnWithTheRest) {
  const LineMatcher matcher({"[a", "b", "(", R"((a)\1)", std::string(5000, 'a')});
  EXPECT_EQ(matcher.invalid(), "0 2 3 4");
  EXPECT_EQ(matcher.matches("abc"), "1");
  EXPECT_NE(LineMatcher(std::vector<std::string>(65, "a")).invalid(), "");
}

TEST(LineMatcher, IsNotSlowedDownByCunning) {
  const LineMatcher matcher({"(a*)*b", "(a|aa)+$", "(.*)(.*)(.*)(.*)(.*)[^a]$"});
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(matcher.matches(std::string(60000, 'a')), "1");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

TEST(LineMatcher, TakesLinesThatAreNoText) {
  EXPECT_EQ(LineMatcher({"err", "^$"}).matches(std::string("\xff\0err", 5)), "0");
}

}  // namespace
}  // namespace muster::executor
