// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/table.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/cli/text_width.h"

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

TEST(Table, many_columns_fit_a_narrow_terminal_too) {
  Table table(
      {{"HOST"}, {"ADDRESS"}, {"HEALTH"}, {"SINCE"}, {"LAST SEEN"}, {"AGENT"}, {"DAYS", Align::right}});
  table.add({"web1.example.com", "10.11.12.13:1270", "refuses", "12 d 13 h", "12 d 13 h ago", "0.1.0-2~rc1",
             "364"});
  for (const std::size_t width : {30U, 40U, 50U, 60U, 70U}) {
    std::istringstream lines(table.render({width, false}));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), width) << line;
    EXPECT_THAT(table.render({width, false}), ::testing::HasSubstr("364")) << "numbers stay whole";
  }
}

TEST(Table, cells_from_outside_are_made_harmless) {
  Table table({{"HOST"}});
  table.add({"web\x1b[2J"});
  EXPECT_EQ(table.render({}), "HOST\nweb?[2J\n");
}

}  // namespace
}  // namespace muster
