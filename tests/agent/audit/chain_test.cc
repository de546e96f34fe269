// SPDX-License-Identifier: GPL-2.0-or-later
// A chain of lines, and that any change of it shows.
#include "agent/audit/chain.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace muster::audit {
namespace {

std::vector<std::string> some_lines(std::size_t count) {
  Head head;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < count; ++i) {
    lines.push_back(chained({{"actor", "user alice"}, {"event", "intent"}, {"n", std::to_string(i)}}, head));
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line;
  return text;
}

TEST(AuditChain, OfUntouchedLinesHolds) {
  const auto verified = verify(joined(some_lines(100)));
  ASSERT_TRUE(verified.has_value()) << verified.error().what;
  EXPECT_EQ(verified->lines, 100U);
  EXPECT_EQ(verified->head.number, 100U);
  EXPECT_EQ(verified->begins_after, std::string(64, '0'));
  EXPECT_EQ(verify("")->lines, 0U);
}

TEST(AuditChain, GoesOnInAnotherFile) {
  auto lines = some_lines(10);
  const auto second = verify(joined({lines.begin() + 5, lines.end()}));
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->begins_after, head_of(lines[4].substr(0, lines[4].size() - 1))->hash);
}

TEST(AuditChain, BreaksWhereverAnOctetIsChanged) {
  const std::string text = joined(some_lines(3));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto verified = verify(changed);
    EXPECT_FALSE(verified.has_value() && verified->head.hash == verify(text)->head.hash) << i;
  }
}

TEST(AuditChain, BreaksWhereALineIsRemovedMovedOrAdded) {
  const auto lines = some_lines(6);
  auto removed = lines;
  removed.erase(removed.begin() + 2);
  auto swapped = lines;
  std::swap(swapped[2], swapped[3]);
  auto doubled = lines;
  doubled.insert(doubled.begin() + 2, lines[2]);
  Head wrong;
  auto forged = lines;
  forged[3] = chained({{"event", "nothing happened"}}, wrong);
  for (const auto& each : {removed, swapped, doubled, forged}) {
    const auto verified = verify(joined(each));
    ASSERT_FALSE(verified.has_value());
    EXPECT_THAT(verified.error().what, ::testing::StartsWith("line "));
  }
  EXPECT_THAT(verify(joined(removed)).error().what, ::testing::StartsWith("line 3: "));
}

TEST(AuditChain, ACutEndShowsAgainstAKeptHash) {
  const auto lines = some_lines(6);
  const auto whole = verify(joined(lines));
  const auto cut = verify(joined({lines.begin(), lines.end() - 1}));
  ASSERT_TRUE(whole && cut);
  EXPECT_NE(whole->head.hash, cut->head.hash);
  EXPECT_FALSE(verify(joined(lines).substr(0, joined(lines).size() - 1)).has_value());
}

TEST(AuditChain, NobodysInputForgesALineOrMovesATerminal) {
  Head head;
  const std::string line = chained({{"actor",
                                     "user a\n{\"seq\":9}\r\x1b[2J\x7f\xc2\x9b\xff\"\\\xe2\x80\xae"
                                     "b"}},
                                   head);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  for (const char c : line.substr(0, line.size() - 1)) {
    EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f) << line;
  }
  EXPECT_NE(line.find(R"(user a\u000a{\"seq\":9}\u000d\u001b[2J\u007f\u009b\ufffd\"\\\u202eb)"),
            std::string::npos)
      << line;
  EXPECT_TRUE(verify(line).has_value());
}

TEST(AuditChain, RefusesWhatIsNoLineOfIt) {
  for (const char* text : {"\n", "x\n", "{}\n",
                           R"({"seq":1,"prev":"","h":""})"
                           "\n",
                           R"({"seq":)"
                           "\n"}) {
    EXPECT_FALSE(verify(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace muster::audit
