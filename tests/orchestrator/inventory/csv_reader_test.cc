// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/inventory/reading.h"

namespace muster {
namespace {

using testing::ElementsAre;

TEST(CsvReader, ReadsATable) {
  const InventoryReading reading = parse_inventory_csv(
      "name,address,port,user,groups,rack\n"
      "web1,10.0.0.1,,admin,web prod,A1\n"
      "\n"
      "db1,10.0.0.2,2222,,\"db;prod\",\"B \"\"2\"\"\"\n"
      "lone,,,,,\n",
      "hosts.csv");
  ASSERT_EQ(all_text(reading), "");
  EXPECT_THAT(host_names(reading.inventory), ElementsAre("web1", "db1", "lone"));
  const HostEntry* web = reading.inventory.find("web1");
  EXPECT_EQ(web->address, "10.0.0.1");
  EXPECT_EQ(web->port, 22);
  EXPECT_EQ(web->user, "admin");
  EXPECT_THAT(web->groups, ElementsAre("prod", "web"));
  EXPECT_EQ(reading.inventory.find("db1")->port, 2222);
  EXPECT_EQ(variable(reading, "db1", "rack"), "B \"2\"");
  EXPECT_EQ(reading.inventory.find("lone")->address, "lone");
}

// The file that users of System Center made for its scripts; as a spreadsheet of theirs saves it.
TEST(CsvReader, TakesTheTitlesAndDividersOfOthers) {
  for (const char* text :
       {"ServerDNSName,Port\r\nunix1.example.org,22\r\n", "Server DNS Name;SSH Port\nunix1.example.org;22\n",
        "\xEF\xBB\xBFhost\tport\nunix1.example.org\t22\n"}) {
    const InventoryReading reading = parse_inventory_csv(text, "NixTargets.csv");
    EXPECT_EQ(all_text(reading), "") << text;
    EXPECT_THAT(host_names(reading.inventory), ElementsAre("unix1.example.org")) << text;
  }
}

struct Bad {
  const char* text;
  std::vector<std::string> places;
};
class CsvFaults : public testing::TestWithParam<Bad> {};

TEST_P(CsvFaults, AreToldWithTheirPlaces) {
  EXPECT_EQ(places(parse_inventory_csv(GetParam().text, "h.csv")), GetParam().places) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, CsvFaults,
    testing::Values(Bad{"address\n10.0.0.1\n", {"1:1 malformed"}}, Bad{"name,host\na,b\n", {"1:6 malformed"}},
                    Bad{"name,b c\na,b\n", {"1:6 malformed"}}, Bad{"name\na,b\n", {"2:3 malformed"}},
                    Bad{"name,port\na,x\r\nb,22\r\nc,99999\r\n", {"2:3 malformed", "4:3 malformed"}},
                    Bad{"name,port\r\n\r\n,22\r\n", {"3:1 malformed"}},
                    Bad{"name\n-o x\n", {"2:1 malformed"}},
                    Bad{"name,groups\na,g\nb,\na,h\n", {"4:1 malformed"}},
                    Bad{"name\nw[1:3]\n", {"2:1 malformed"}}, Bad{"name,groups\na,g*\n", {"2:3 malformed"}},
                    Bad{"name,ansible_password\na,x\n", {"2:3 malformed"}},
                    Bad{"name\n\"a\n", {"3:1 malformed"}}, Bad{"name\na\"b\n", {"2:2 malformed"}},
                    Bad{"name\n\x04\n", {"0:0 malformed"}}));

}  // namespace
}  // namespace muster
