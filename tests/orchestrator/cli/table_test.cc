// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace muster {
namespace {

Table sample() {
  Table table({{"HOST"}, {"DAYS", Align::right}, {"NOTE"}});
  table.add({"web1", "7", "all well"});
  table.add({"Zürich", Cell("365", Tone::bad), ""});
  return table;
}

TEST(Table, aligns_columns_without_trailing_blanks) {
  EXPECT_EQ(sample().render({}),
            "HOST    DAYS  NOTE\n"
            "web1       7  all well\n"
            "Zürich   365\n");
}

TEST(Table, colours_only_where_the_terminal_takes_it) {
  EXPECT_THAT(sample().render({0, false}), ::testing::Not(::testing::HasSubstr("\x1b")));
  EXPECT_THAT(sample().render({0, true}), ::testing::HasSubstr("\x1b[31m365\x1b[0m"));
}

TEST(Table, a_narrow_terminal_cuts_the_widest_text_first) {
  Table table({{"HOST"}, {"REASON"}});
  table.add({"web1", "connection refused by the host"});
  EXPECT_EQ(table.render({20, false}),
            "HOST  REASON\n"
            "web1  connection re…\n");
}

TEST(Table, cells_from_outside_are_made_harmless) {
  Table table({{"HOST"}});
  table.add({"web\x1b[2J"});
  EXPECT_EQ(table.render({}), "HOST\nweb?[2J\n");
}

}  // namespace
}  // namespace muster
