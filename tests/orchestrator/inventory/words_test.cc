// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/words.h"

#include <gtest/gtest.h>

#include "orchestrator/inventory/literal.h"

namespace muster {
namespace {

using Texts = std::vector<std::string>;

Texts texts(const Words& split) {
  Texts out;
  for (const Word& word : split.words) out.push_back(word.text + "@" + std::to_string(word.offset));
  return out;
}

// Expectations come from Python's shlex.split(line, comments=True).
TEST(Words, AreSplitAsShlexDoes) {
  const std::vector<std::pair<const char*, Texts>> table{
      {"", {}},
      {"a b", {"a@0", "b@2"}},
      {"  a\t b ", {"a@2", "b@5"}},
      {"a x='b c' d", {"a@0", "x=b c@2", "d@10"}},
      {"x=\"b 'c'\"", {"x=b 'c'@0"}},
      {"x=a\\ b", {"x=a b@0"}},
      {R"(x="a\"b\\c\d")", {R"(x=a"b\c\d@0)"}},
      {R"(x='a\')", {"x=a\\@0"}},
      {"a#b c", {"a@0"}},
      {"a # b", {"a@0"}},
      {"a '#' b", {"a@0", "#@2", "b@6"}},
      {"''", {"@0"}},
      {"a''b", {"ab@0"}},
      {"a=\"b\"'c'd", {"a=bcd@0"}},
  };
  for (const auto& [line, expected] : table) {
    const Words split = split_words(line);
    EXPECT_FALSE(split.fault) << line;
    EXPECT_EQ(texts(split), expected) << line;
  }
}

TEST(Words, PointAtTheMarkThatIsNotClosed) {
  const std::vector<std::pair<const char*, std::size_t>> table{
      {"a 'b", 2}, {"a x=\"b", 4}, {"a\\", 1}, {"'a' '", 4}, {R"("\")", 0}};
  for (const auto& [line, offset] : table) {
    const Words split = split_words(line);
    ASSERT_TRUE(split.fault) << line;
    EXPECT_EQ(split.fault->offset, offset) << line;
  }
}

// Expectations come from Python's ast.literal_eval(), which Ansible tries first.
TEST(LiteralValue, DropsMarksAndCommentsOfLiteralsOnly) {
  const std::vector<std::pair<const char*, const char*>> table{{"", ""},
                                                               {"a", "a"},
                                                               {"'a'", "a"},
                                                               {"\"a b\"", "a b"},
                                                               {"'a' # c", "a"},
                                                               {"5 # c", "5"},
                                                               {"a # c", "a # c"},
                                                               {"True #c", "True"},
                                                               {"'a' 'b'", "ab"},
                                                               {"'a", "'a"},
                                                               {"'a' b", "'a' b"},
                                                               {R"("a\tb")", "a\tb"},
                                                               {R"('a\d')", "a\\d"},
                                                               {R"('\x41')", R"('\x41')"},
                                                               {"022", "022"},
                                                               {"'it''s'", "its"},
                                                               {"[1, 2]", "[1, 2]"},
                                                               {"-5", "-5"},
                                                               {"a'b'", "a'b'"},
                                                               {"\"\"", ""}};
  for (const auto& [raw, value] : table) EXPECT_EQ(literal_value(raw), value) << raw;
}

}  // namespace
}  // namespace muster
