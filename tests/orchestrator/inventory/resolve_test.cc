// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/inventory/reading.h"

namespace muster {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Winner {
  const char* text;
  const char* value;  // of v on host h
};

class Precedence : public testing::TestWithParam<Winner> {};

TEST_P(Precedence, IsAnsibles) {
  const InventoryReading reading = parse_inventory_ini(GetParam().text, "inv");
  ASSERT_EQ(all_text(reading), "");
  EXPECT_EQ(variable(reading, "h", "v"), GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Precedence,
    testing::Values(
        Winner{"h\n[all:vars]\nv=all\n", "all"}, Winner{"h v=host\n[all:vars]\nv=all\n", "host"},
        Winner{"h\n[ungrouped:vars]\nv=u\n[all:vars]\nv=all\n", "u"},
        Winner{"[g]\nh\n[g:vars]\nv=g\n[all:vars]\nv=all\n", "g"},
        Winner{"[g]\nh v=host\n[g:vars]\nv=g\n", "host"},
        Winner{"[b]\nh\n[a]\nh\n[b:vars]\nv=b\n[a:vars]\nv=a\n", "b"},
        Winner{"[c]\nh\n[p:children]\nc\n[c:vars]\nv=c\n[p:vars]\nv=p\n", "c"},
        Winner{"[a]\nh\n[z]\nh\n[p:children]\na\n[a:vars]\nv=a\n[z:vars]\nv=z\n", "a"},
        Winner{"[a]\nh\n[z]\nh\n[a:vars]\nv=a\nansible_group_priority=9\n[z:vars]\nv=z\n", "a"},
        Winner{"[a]\nh\n[b:children]\na\n[c:children]\nb\n[d:children]\na\n[b:vars]\nv=b\n[d:vars]\nv=d\n",
               "b"},
        Winner{"[h]\nh v=host\n[h:vars]\nv=group\n", "host"}));

TEST(Resolve, PutsHostsWithoutGroupIntoUngrouped) {
  const InventoryReading reading = parse_inventory_ini("a\nb\n[g]\nb\n[all]\nc\n", "inv");
  ASSERT_EQ(all_text(reading), "");
  EXPECT_THAT(reading.inventory.groups.at("ungrouped"), ElementsAre("a", "c"));
  EXPECT_THAT(reading.inventory.groups.at("all"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(reading.inventory.groups.at("g"), ElementsAre("b"));
  EXPECT_THAT(reading.inventory.find("a")->groups, ElementsAre("ungrouped"));
}

TEST(Resolve, NamesEveryGroupAboveAHost) {
  const InventoryReading reading =
      parse_inventory_ini("[z]\nh\n[y:children]\nz\n[x:children]\ny\nw\n[w]\nk\n[empty]\n", "inv");
  ASSERT_EQ(all_text(reading), "");
  EXPECT_THAT(reading.inventory.find("h")->groups, ElementsAre("x", "y", "z"));
  EXPECT_THAT(reading.inventory.groups.at("x"), ElementsAre("h", "k"));
  EXPECT_TRUE(reading.inventory.groups.at("empty").empty());
}

TEST(Resolve, ShowsTheWayAroundACycle) {
  const InventoryReading reading =
      parse_inventory_ini("[d:children]\na\n[a:children]\nb\n[b:children]\nc\n[c:children]\na\n", "inv");
  ASSERT_EQ(reading.problems.size(), 1U);
  EXPECT_THAT(reading.problems[0].error.what, HasSubstr("a > b > c > a"));
  EXPECT_TRUE(reading.inventory.hosts.empty());
}

TEST(Resolve, ReportsAWrongGroupValueOnce) {
  const InventoryReading reading = parse_inventory_ini("[g]\nh[1:50]\n[g:vars]\nansible_port=x\n", "inv");
  ASSERT_THAT(places(reading), ElementsAre("4:1 malformed"));
  EXPECT_THAT(reading.problems[0].error.what, HasSubstr("h1: ansible_port \"x\""));
}

TEST(Resolve, ForgivesAValueThatEveryHostOverrides) {
  const InventoryReading reading =
      parse_inventory_ini("[g]\nh ansible_connection=ssh\n[g:vars]\nansible_connection=winrm\n", "inv");
  EXPECT_EQ(all_text(reading), "");
}

TEST(Resolve, BoundsHostsGroupsAndTheirProducts) {
  EXPECT_THAT(all_text(parse_inventory_ini("h[0:100000]\n", "inv")), HasSubstr("more than 100000 hosts"));
  EXPECT_THAT(all_text(parse_inventory_ini(
                  "h[1:99999]\nh[1:99999]\n[a:children]\nb\n[b:children]\na\n[a]\nk[1:2]\n", "inv")),
              HasSubstr("more than 100000 hosts"));
  std::string wide = "[g]\nh[1:100000]\n[g:vars]\n";
  for (int i = 0; i < 30; ++i) wide += "v" + std::to_string(i) + "=1\n";
  EXPECT_THAT(all_text(parse_inventory_ini(wide, "inv")), HasSubstr("multiply beyond what can be held"));
  std::string groups;
  for (int i = 0; i < 20'001; ++i) groups += "[g" + std::to_string(i) + "]\n";
  EXPECT_THAT(all_text(parse_inventory_ini(groups, "inv")), HasSubstr("more than 20000 groups"));
  EXPECT_THAT(all_text(parse_inventory_ini(std::string((16U << 20U) + 1, '#'), "inv")),
              HasSubstr("larger than 16 MiB"));
}

TEST(Resolve, TakesAChainOfGroupsAsLongAsGroupsMayBe) {
  std::string chain = "[g0]\nh\n";
  for (int i = 1; i < 19'000; ++i) {
    chain += "[g" + std::to_string(i) + ":children]\ng" + std::to_string(i - 1) + "\n";
  }
  const InventoryReading reading = parse_inventory_ini(chain, "inv");
  EXPECT_EQ(all_text(reading), "");
  EXPECT_EQ(reading.inventory.find("h")->groups.size(), 19'000U);
}

TEST(Resolve, StopsAtAThousandProblems) {
  std::string text;
  for (int i = 0; i < 5'000; ++i) text += "-a\n";
  const InventoryReading reading = parse_inventory_ini(text, "inv");
  EXPECT_EQ(reading.problems.size(), 1'001U);
  EXPECT_THAT(reading.problems.back().error.what, HasSubstr("more problems follow"));
}

}  // namespace
}  // namespace muster
