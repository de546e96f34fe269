// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/text_width.h"

#include <gtest/gtest.h>

namespace muster {
namespace {

TEST(TerminalSafe, nothing_that_a_host_sends_can_steer_the_terminal) {
  struct Case {
    std::string_view text;
    std::string_view safe;
  };
  constexpr Case kCases[] = {
      {"plain", "plain"},
      {"Zürich 東京", "Zürich 東京"},
      {"\x1b[31mred", "?[31mred"},
      {"a\rb\nc\td", "a?b?c?d"},
      {"del\x7f", "del?"},
      {"c1\xc2\x9b"
       "31m",
       "c1?31m"},
      {"bidi\xe2\x80\xae", "bidi?"},
      {"cut\xe2\x82", "cut??"},
      {"overlong\xc0\xaf", "overlong??"},
      {"surrogate\xed\xa0\x80", "surrogate???"},
  };
  for (const auto& one : kCases) EXPECT_EQ(terminal_safe(one.text), one.safe);
}

TEST(DisplayWidth, counts_columns_not_bytes) {
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("host"), 4U);
  EXPECT_EQ(display_width("Zürich"), 6U);
  EXPECT_EQ(display_width("東京"), 4U);
  EXPECT_EQ(display_width("e\xcc\x81"), 1U);  // combining accent
}

TEST(FitWidth, cuts_between_characters_and_says_so) {
  EXPECT_EQ(fit_width("short", 5), "short");
  EXPECT_EQ(fit_width("longer", 5), "long…");
  EXPECT_EQ(fit_width("東京都", 4), "東…");
  EXPECT_EQ(fit_width("äöüß", 3), "äö…");
  EXPECT_EQ(fit_width("x", 0), "");
}

}  // namespace
}  // namespace muster
