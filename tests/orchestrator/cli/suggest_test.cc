// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/suggest.h"

#include <gtest/gtest.h>

namespace muster {
namespace {

TEST(Nearest, finds_what_was_probably_meant) {
  const std::vector<std::string> commands = {"init", "inventory", "provision", "hosts",
                                             "poll", "serve",     "runs"};
  struct Case {
    const char* word;
    const char* meant;
  };
  constexpr Case kCases[] = {{"hsots", "hosts"},   {"pol", "poll"},   {"provison", "provision"},
                             {"inv", "inventory"}, {"serv", "serve"}, {"runs", "runs"},
                             {"xyzzy", ""},        {"", ""},          {"inventroy", "inventory"}};
  for (const auto& one : kCases) EXPECT_EQ(nearest(one.word, commands), one.meant) << one.word;
  EXPECT_EQ(nearest(std::string(10'000, 'a'), commands), "");
}

}  // namespace
}  // namespace muster
