// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/failure.h"

#include <set>

#include <gtest/gtest.h>

namespace muster {
namespace {

TEST(Failure, EveryCodeHasExactlyOneCompleteEntry) {
  const auto& all = failure_classes();
  std::set<std::string_view> words;
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(all[i].code), i) << all[i].word;
    EXPECT_TRUE(words.insert(all[i].word).second) << all[i].word;
    EXPECT_EQ(all[i].word.substr(0, 2), "E-");
    EXPECT_FALSE(all[i].cause.empty()) << all[i].word;
    EXPECT_FALSE(all[i].hint.empty()) << all[i].word;
    EXPECT_NE(all[i].hint.back(), '.') << all[i].word;
    EXPECT_EQ(find_failure_class(all[i].word), &failure_class(all[i].code));
  }
  EXPECT_EQ(all.size(), static_cast<std::size_t>(FailureCode::interrupted) + 1);
}

TEST(Failure, UnknownWordIsNoClass) {
  for (const auto* word : {"", "E-", "E-SSH", "E-SSH-AUTH ", "e-ssh-auth", "ssh_auth"}) {
    EXPECT_EQ(find_failure_class(word), nullptr) << word;
  }
}

}  // namespace
}  // namespace muster
