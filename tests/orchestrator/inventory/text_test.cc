// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/text.h"

#include <gtest/gtest.h>

#include "orchestrator/inventory/yaml_scalar.h"

namespace muster {
namespace {

TEST(Text, FindsBytesOnWhichReadersDisagree) {
  const std::vector<std::pair<std::string, std::size_t>> bad{{"a\x01", 1},
                                                             {std::string("a\0b", 3), 1},
                                                             {"\x7F", 0},
                                                             {"a\rb", 1},
                                                             {"a\r", 1},
                                                             {"\xC2\x85", 0},
                                                             {"x\xE2\x80\xA8", 1},
                                                             {"\xC0\xAF", 0},
                                                             {"\xE0\x80\xAF", 0},
                                                             {"\xED\xA0\x80", 0},
                                                             {"\xF4\x90\x80\x80", 0},
                                                             {"ab\xC3", 2},
                                                             {"\xC3(", 0},
                                                             {"\x80", 0},
                                                             {"\xFF", 0}};
  for (const auto& [text, offset] : bad) EXPECT_EQ(find_bad_byte(text), offset) << shown(text);
  for (const char* text : {"", "a\tb\nc\r\n", "caf\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
    EXPECT_EQ(find_bad_byte(text), std::nullopt) << text;
  }
}

TEST(Text, ShowsNothingThatATerminalWouldObey) {
  EXPECT_EQ(shown("a b"), "\"a b\"");
  EXPECT_EQ(shown("\x1B[2J\xE2\x80\xAE"), "\"\\x1b[2J\\xe2\\x80\\xae\"");
  EXPECT_EQ(shown(std::string(41, 'a')), "\"" + std::string(40, 'a') + "...\"");
}

TEST(YamlScalar, KnowsWhatYaml11DoesNotReadAsText) {
  for (const char* text :
       {"",      "~",    "null", "Yes", "no", "ON", "off",    "true", "12",    "-1",   "+1",
        "1_000", "0x1F", "0b11", "1.5", ".5", "1.", "1.5e+3", ".inf", "-.INF", ".NaN", "022"}) {
    EXPECT_TRUE(is_yaml_number_or_truth(text)) << text;
  }
  for (const char* text :
       {"a", "yess", "1a", "0xg", "10.0.0.1", "1e3", "1.5e3", "-", ".", "_1", "1-2", "a12", "0x"}) {
    EXPECT_FALSE(is_yaml_number_or_truth(text)) << text;
  }
}

}  // namespace
}  // namespace muster
