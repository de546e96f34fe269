// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/top_table.h"

#include <gtest/gtest.h>

namespace muster::proc {
namespace {

// As the original agent answers, octet by octet.
TEST(TopTable, HasTheColumnsOfTheOriginal) {
  EXPECT_EQ(top_table("CPUTime", {{"8073", "systemd-journal", 0}, {"7950", "dbus-daemon", 0}}, 3),
            "\nPID   Name                 CPUTime\n"
            "-------------------------------------------------------------\n"
            " 8073 systemd-journal               0\n"
            " 7950 dbus-daemon                   0\n");
}

TEST(TopTable, TellsTheGreatestFirstAndNoMoreThanWanted) {
  const std::string table = top_table("UsedMemory", {{"1", "a", 5}, {"2", "b", 9}, {"3", "c", 5}}, 2);
  EXPECT_NE(table.find("    2 b                             9\n    1 a                             5\n"),
            std::string::npos)
      << table;
  EXPECT_EQ(table.find(" c "), std::string::npos);
  EXPECT_EQ(top_table("x", {{"1", "a", 5}}, 0).find(" a "), std::string::npos);
}

TEST(TopTable, WideValuesMoveTheColumnsAndAreNotCut) {
  EXPECT_NE(top_table("x", {{"4194304", std::string(30, 'n'), 12345678901234U}}, 1)
                .find("4194304 " + std::string(30, 'n') + " 12345678901234\n"),
            std::string::npos);
}

}  // namespace
}  // namespace muster::proc
