// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/inventory/reading.h"

namespace muster {
namespace {

using testing::ElementsAre;
using Names = std::vector<std::string>;

struct GoodHosts {
  const char* text;
  Names hosts;
};

class IniHosts : public testing::TestWithParam<GoodHosts> {};

TEST_P(IniHosts, AreFoundInFileOrder) {
  const InventoryReading reading = parse_inventory_ini(GetParam().text, "inv");
  EXPECT_EQ(all_text(reading), "");
  EXPECT_EQ(host_names(reading.inventory), GetParam().hosts);
}

INSTANTIATE_TEST_SUITE_P(
    Table, IniHosts,
    testing::Values(GoodHosts{"", {}}, GoodHosts{"\n\n", {}}, GoodHosts{"# only\n; comments\n", {}},
                    GoodHosts{"a", {"a"}}, GoodHosts{"a\nb\n", {"a", "b"}},
                    GoodHosts{"a\r\nb\r\n", {"a", "b"}}, GoodHosts{"\xEF\xBB\xBFweb\n", {"web"}},
                    GoodHosts{"  a  \n\tb\n", {"a", "b"}}, GoodHosts{"a # why\n", {"a"}},
                    GoodHosts{"a#why\n", {"a"}}, GoodHosts{"\"a\"\n", {"a"}},
                    GoodHosts{"b\n[g]\na\nb\n", {"b", "a"}}, GoodHosts{"[g] # c\na\n", {"a"}},
                    GoodHosts{"[g:hosts]\na\n", {"a"}}, GoodHosts{"w[1:3]\n", {"w1", "w2", "w3"}},
                    GoodHosts{"a:2222\n", {"a"}}, GoodHosts{"[2001:db8::1]:22 x=1\n", {"2001:db8::1"}},
                    GoodHosts{"::1\n", {"::1"}}, GoodHosts{"10.0.0.1\n", {"10.0.0.1"}},
                    GoodHosts{"# caf\xE9 in Latin-1\na\n", {"a"}}, GoodHosts{"[all]\na\n", {"a"}},
                    GoodHosts{"[a-b.c_d]\nx\n", {"x"}}));

struct Bad {
  const char* text;
  Names places;
};

class IniFaults : public testing::TestWithParam<Bad> {};

TEST_P(IniFaults, AreAllReportedWhereTheyStand) {
  const InventoryReading reading = parse_inventory_ini(GetParam().text, "inv");
  EXPECT_EQ(places(reading), GetParam().places) << all_text(reading);
  for (const Problem& problem : reading.problems) {
    EXPECT_FALSE(problem.error.hint.empty()) << problem.error.what;
    EXPECT_EQ(problem.error.what.rfind("inv:" + std::to_string(problem.where.line) + ":", 0), 0U)
        << problem.error.what;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, IniFaults,
    testing::Values(
        Bad{"a b\n", {"1:3 malformed"}}, Bad{"a x=1 b c=2 d\n", {"1:7 malformed", "1:13 malformed"}},
        Bad{"a x = 1\n", {"1:3 malformed", "1:5 malformed", "1:7 malformed"}},
        Bad{"a x='1\n", {"1:5 malformed"}}, Bad{"a x=\"1\n", {"1:5 malformed"}},
        Bad{"a x=1\\\n", {"1:6 malformed"}}, Bad{"a =1\n", {"1:3 malformed"}},
        Bad{"a 1x=1\n", {"1:3 malformed"}}, Bad{"-a\n", {"1:1 malformed"}}, Bad{"  a/b\n", {"1:3 malformed"}},
        Bad{"a:\n", {"1:1 malformed"}}, Bad{"a:0\n", {"1:1 malformed"}}, Bad{"a:65536\n", {"1:1 malformed"}},
        Bad{"a:ssh\n", {"1:1 malformed"}}, Bad{"w[3:1]\n", {"1:1 malformed"}},
        Bad{"w[1]\n", {"1:1 malformed"}}, Bad{"w[1:\n", {"1:1 malformed"}}, Bad{"[g h]\n", {"1:1 malformed"}},
        Bad{"[]\n", {"1:1 malformed"}}, Bad{"[:vars]\n", {"1:1 malformed"}}, Bad{"[g:]\n", {"1:1 malformed"}},
        Bad{"[g:a:b]\n", {"1:1 malformed"}}, Bad{"[g:var]\n", {"1:4 malformed"}},
        Bad{"[g*]\n", {"1:2 malformed"}}, Bad{"[!g]\n", {"1:2 malformed"}},
        Bad{"[g:vars]\nx=1\n", {"1:2 not_found"}}, Bad{"[g]\na\n[g:vars]\nx\n", {"4:1 malformed"}},
        Bad{"[g]\na\n[g:vars]\n x y=1\n", {"4:2 malformed"}}, Bad{"[g:children]\nh\n", {"2:1 not_found"}},
        Bad{"[g:children]\nh x=1\n[h]\n", {"2:1 malformed"}},
        Bad{"[g:children]\nh i\n[h]\n", {"2:3 malformed"}}, Bad{"[g:children]\nh:i\n", {"2:1 malformed"}},
        Bad{"[g:children]\ng\n", {"2:1 malformed"}},
        Bad{"[a:children]\nb\n[b:children]\na\n", {"4:1 malformed"}},
        Bad{"[g:children]\nall\n[g]\na\n", {"2:1 malformed"}}, Bad{"a\x01\n", {"1:2 malformed"}},
        Bad{"a x=\xFF\n", {"1:5 malformed"}}, Bad{"a\rb\n", {"1:2 malformed"}},
        Bad{"a x=\xE2\x80\xA8y\n", {"1:5 malformed"}}, Bad{"a x=\xC0\xAF\n", {"1:5 malformed"}},
        Bad{"[g]\na\n[g:vars]\nansible_group_priority=high\n", {"4:1 malformed"}},
        Bad{"x=1\n", {"1:1 malformed"}}, Bad{"---\n", {"1:1 malformed"}}, Bad{"all:\n", {"1:1 malformed"}}));

TEST(IniReader, SkipsTheLinesOfASectionItCannotName) {
  const InventoryReading reading = parse_inventory_ini("[g h]\nnot a host line\n[g]\na\n", "inv");
  EXPECT_THAT(places(reading), ElementsAre("1:1 malformed"));
}

TEST(IniReader, TakesGroupsBeforeTheyAreDefined) {
  const InventoryReading reading =
      parse_inventory_ini("[p:children]\nc # later\n[c:vars]\nx=1\n[c]\na\n", "inv");
  ASSERT_EQ(all_text(reading), "");
  EXPECT_THAT(reading.inventory.groups.at("p"), ElementsAre("a"));
  EXPECT_EQ(variable(reading, "a", "x"), "1");
}

TEST(IniReader, CountsThePortOfTheFirstMention) {
  const InventoryReading reading = parse_inventory_ini("a:2200\na:2300\nb:1 ansible_port=2\n", "inv");
  ASSERT_EQ(all_text(reading), "");
  EXPECT_EQ(reading.inventory.find("a")->port, 2200);
  EXPECT_EQ(reading.inventory.find("b")->port, 2);
}

TEST(IniReader, MergesTheVariablesOfLaterMentions) {
  const InventoryReading reading = parse_inventory_ini("a x=1 y=1\n[g]\na y=2 y=3\n", "inv");
  ASSERT_EQ(all_text(reading), "");
  EXPECT_EQ(variable(reading, "a", "x"), "1");
  EXPECT_EQ(variable(reading, "a", "y"), "3");
  EXPECT_EQ(reading.inventory.find("a")->where.line, 1U);
}

TEST(IniReader, NeverRepeatsWhatMayBeAPassword) {
  for (const char* text :
       {"ansible_ssh_pass=hunter2\n", "a ansible_ssh_pass= hunter2\n", "a hunter2\n",
        "a ansible_become_pass='hunter2\n", "a ansible_password=hunter2\n",
        "[g:children]\nansible_password=hunter2\n", "[g]\na\n[g:vars]\nansible_sudo_pass hunter2\n",
        "[g]\na\n[g:vars]\nansible_become_password = hunter2\n"}) {
    const InventoryReading reading = parse_inventory_ini(text, "inv");
    EXPECT_FALSE(reading.problems.empty()) << text;
    EXPECT_EQ(all_text(reading).find("hunter2"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace muster
