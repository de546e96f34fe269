// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/toml_text.h"

#include <gtest/gtest.h>

namespace muster {
namespace {

using namespace std::string_literals;

TEST(TomlText, LetsPlainFilesPass) {
  for (const auto& text :
       {"port = 1270\n"s, "# größe\nname = \"größe\"\r\n"s, "a = 'ä' # ö\n"s, "a = \"\\\"ä\"\n"s, ""s}) {
    EXPECT_TRUE(check_toml_characters(text, "f")) << text;
  }
}

TEST(TomlText, RefusesWhatTheParserCannotTake) {
  for (const auto& text :
       {"\xc3\xa4 = 1\n"s, "[[\0"s, "use \xef\xbb\xb9p = 1"s, "a = 1\n\x7f"s, "a = \"x\" \xc3\xa4"s}) {
    EXPECT_FALSE(check_toml_characters(text, "f")) << text;
  }
}

TEST(TomlText, NamesThePlace) {
  const auto checked = check_toml_characters("port = 1\nx = \x01\n", "agent.toml");
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().what.substr(0, 15), "agent.toml:2:5:");
}

}  // namespace
}  // namespace muster
