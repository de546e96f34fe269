// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/executor/log_state.h"

#include <gtest/gtest.h>

namespace muster::executor {
namespace {

LogState state() {
  return {"/var/log/a\nqid 3\n", "rule {1} \xff", 2049, 77, 1000, std::string(64, 'a'), true};
}

TEST(LogState, ComesBackAsItWasWhateverItsNamesHold) {
  for (const LogState& each : {state(), LogState{}, LogState{"", "\n", 1, 2, 0, "", false}}) {
    const auto parsed = parse_log_state(state_text(each));
    ASSERT_TRUE(parsed.has_value()) << state_text(each);
    EXPECT_EQ(*parsed, each);
  }
}

TEST(LogState, ThatIsCutOrChangedInItsFormIsRefused) {
  const std::string text = state_text(state());
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(parse_log_state(text.substr(0, i)).has_value()) << i;
  }
  EXPECT_FALSE(parse_log_state(text + "\n").has_value());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.rfind(from), from.size(), to);
    return changed;
  };
  for (const std::string& each :
       {with("offset 1000", "offset -1"), with("offset 1000", "offset 99999999999999999999"),
        with("offset 1000", "offset 9223372036854775807"), with("offset 1000", "offset 0"),
        with("inode 77", "inode x"), with("skip 1", "skip 2"), with("aaaa\n", "aaaA\n"),
        with("position 1", "position 2"), with("qid 10", "qid 9999999999999999999")}) {
    const auto parsed = parse_log_state(each);
    ASSERT_FALSE(parsed.has_value()) << each;
    EXPECT_EQ(parsed.error().code, Errc::malformed);
  }
}

}  // namespace
}  // namespace muster::executor
