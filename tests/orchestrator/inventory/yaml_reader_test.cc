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

class YamlHosts : public testing::TestWithParam<GoodHosts> {};

TEST_P(YamlHosts, AreFoundInFileOrder) {
  const InventoryReading reading = parse_inventory_yaml(GetParam().text, "inv");
  EXPECT_EQ(all_text(reading), "");
  EXPECT_EQ(host_names(reading.inventory), GetParam().hosts);
}

INSTANTIATE_TEST_SUITE_P(
    Table, YamlHosts,
    testing::Values(GoodHosts{"all:\n", {}}, GoodHosts{"all: {}\n", {}},
                    GoodHosts{"---\nall:\n  hosts:\n    b:\n    a:\n", {"b", "a"}},
                    GoodHosts{"all:\n  hosts: a\n", {"a"}},
                    GoodHosts{"g:\n  hosts:\n    w[1:2]: {x: 1}\n", {"w1", "w2"}},
                    GoodHosts{"g:\n  hosts:\n    \"7\":\n", {"7"}},
                    GoodHosts{"g:\n  hosts:\n    a:2222:\n", {"a"}},
                    GoodHosts{"g:\n  hosts:\n    \"[::1]:22\":\n", {"::1"}}, GoodHosts{"g:\n  hosts:\n", {}},
                    GoodHosts{"{\"all\": {\"hosts\": {\"a\": null, \"b\": {}}}}", {"a", "b"}},
                    GoodHosts{"g:\n  children:\n    h:\n      hosts: {a: }\n", {"a"}},
                    GoodHosts{"g:\n  children: h\nh:\n  hosts: {a: }\n", {"a"}},
                    GoodHosts{"x: &x\n  hosts: {a: }\ny: *x\n", {"a"}},
                    GoodHosts{"\xEF\xBB\xBFg:\n  hosts: {a: }\n", {"a"}},
                    GoodHosts{"all:\r\n  hosts:\r\n    a:\r\n", {"a"}}));

struct Bad {
  const char* text;
  Names places;
};

class YamlFaults : public testing::TestWithParam<Bad> {};

TEST_P(YamlFaults, AreReportedWhereTheyStand) {
  const InventoryReading reading = parse_inventory_yaml(GetParam().text, "inv");
  EXPECT_EQ(places(reading), GetParam().places) << all_text(reading);
  for (const Problem& problem : reading.problems) {
    EXPECT_FALSE(problem.error.hint.empty()) << problem.error.what;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, YamlFaults,
    testing::Values(
        Bad{"", {"0:0 malformed"}}, Bad{"# nothing\n", {"0:0 malformed"}}, Bad{"- a\n", {"1:1 malformed"}},
        Bad{"a\n", {"1:1 malformed"}}, Bad{"all:\n  hosts:\n    - a\n", {"3:5 malformed"}},
        Bad{"all: a\n", {"1:6 malformed"}}, Bad{"all:\n  host:\n    a:\n", {"2:3 malformed"}},
        Bad{"all:\n  vars: a\n", {"2:9 malformed"}}, Bad{"all:\n  hosts:\n    a: b\n", {"3:8 malformed"}},
        Bad{"all:\n  hosts:\n    12:\n    yes:\n    1.5:\n",
            {"3:5 malformed", "4:5 malformed", "5:5 malformed"}},
        Bad{"no:\n  hosts: a\n", {"1:1 malformed"}}, Bad{"g*:\n", {"1:1 malformed"}},
        Bad{"all:\n  hosts:\n    -a:\n    b c:\n", {"3:5 malformed", "4:5 malformed"}},
        Bad{"all:\n  hosts:\n    w[2:1]:\n", {"3:5 malformed"}}, Bad{"a: {}\na: {}\n", {"2:1 malformed"}},
        Bad{"all:\n\thosts:\n", {"2:7 malformed"}}, Bad{"all: {hosts: {a: }\n", {"2:1 malformed"}},
        Bad{"all: {}\n---\nall: {}\n", {"3:1 malformed"}}, Bad{"all:\n  hosts: *x\n", {"2:10 malformed"}},
        Bad{"all: &a\n  children: {g: *a}\n", {"2:17 malformed"}},
        Bad{"all: !python/object:os.x {}\n", {"1:6 unsupported"}},
        Bad{"plugin: aws_ec2\nregions: [a]\n", {"1:1 unsupported", "2:10 malformed"}},
        Bad{"g:\n  children:\n    h:\n      children:\n        g:\n", {"5:9 malformed"}},
        Bad{"all:\n  hosts:\n    a: {1: x, ok: y, b c: z}\n", {"3:9 malformed", "3:22 malformed"}},
        Bad{"all:\n  hosts:\n    a: {ansible_port: x, ansible_host: \"-o\"}\n",
            {"3:9 malformed", "3:26 malformed"}},
        Bad{"all:\n  vars:\n    ansible_user: !vault |\n      3132\n  hosts: a\n", {"3:5 unsupported"}},
        Bad{"all:\n  vars:\n    ansible_become_pass: !vault |\n      3132\n  hosts: a\n", {"3:5 malformed"}},
        Bad{"all:\n  hosts: {? [a] : b}\n", {"2:13 malformed"}}, Bad{"all: \x04{}\n", {"1:6 malformed"}},
        Bad{"all:\n  hosts: {a: {<<: x}}\n", {"2:19 malformed"}}));

TEST(YamlReader, WritesValuesOfAnyShapeAsText) {
  const InventoryReading reading = parse_inventory_yaml(
      "all:\n  hosts:\n    a:\n      s: text\n      n: 022\n      b: yes\n      e:\n      q: \"a\\nb\"\n"
      "      l: [1, two, \"3\", {k: null}]\n      m: {}\n",
      "inv");
  ASSERT_EQ(all_text(reading), "");
  EXPECT_EQ(variable(reading, "a", "s"), "text");
  EXPECT_EQ(variable(reading, "a", "n"), "022");
  EXPECT_EQ(variable(reading, "a", "b"), "yes");
  EXPECT_EQ(variable(reading, "a", "e"), "");
  EXPECT_EQ(variable(reading, "a", "q"), "a\nb");
  EXPECT_EQ(variable(reading, "a", "l"), R"([1, "two", "3", {"k": null}])");
  EXPECT_EQ(variable(reading, "a", "m"), "{}");
}

TEST(YamlReader, MergesMapsBehindAnchors) {
  const InventoryReading reading = parse_inventory_yaml(
      "x: {vars: &v {p: 1, q: 1}, hosts: {o: &o {q: 3, r: 3}}}\ng:\n  hosts:\n    a:\n      <<: [*v, *o]\n   "
      "   p: 2\n",
      "inv");
  ASSERT_EQ(all_text(reading), "");
  EXPECT_EQ(variable(reading, "a", "p"), "2");
  EXPECT_EQ(variable(reading, "a", "q"), "1");
  EXPECT_EQ(variable(reading, "a", "r"), "3");
}

TEST(YamlReader, KeepsEncryptedValuesItNeedNotRead) {
  const InventoryReading reading =
      parse_inventory_yaml("all:\n  hosts:\n    a:\n      db_pass: !vault |\n        3132\n", "inv");
  ASSERT_EQ(all_text(reading), "");
  EXPECT_EQ(variable(reading, "a", "db_pass"), "3132\n");
}

TEST(YamlReader, RefusesDepthAndGrowth) {
  std::string deep = "all: {vars: {x: ";
  deep += std::string(70, '[') + std::string(70, ']') + "}}\n";
  EXPECT_THAT(all_text(parse_inventory_yaml(deep, "inv")),
              testing::HasSubstr("nested deeper than 64 levels"));
  EXPECT_EQ(parse_inventory_yaml(std::string(100'000, '['), "inv").problems.size(), 1U);
  std::string laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    const std::string below(1, static_cast<char>(c - 1));
    laughs += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 10; ++i) laughs += (i == 0 ? "*" : ", *") + below;
    laughs += "]\n";
  }
  EXPECT_THAT(all_text(parse_inventory_yaml(laughs, "inv")),
              testing::HasSubstr("grows beyond what can be held"));
}

TEST(YamlReader, NeverRepeatsWhatMayBeAPassword) {
  for (const char* text :
       {"all:\n  vars:\n    ansible_ssh_pass: hunter2\n", "all:\n  ansible_ssh_pass: hunter2\n",
        "all:\n  hosts:\n    a: {ansible_become_password: hunter2}\n",
        "all:\n  hosts:\n    ansible_password: hunter2\n"}) {
    const InventoryReading reading = parse_inventory_yaml(text, "inv");
    EXPECT_FALSE(reading.problems.empty()) << text;
    EXPECT_EQ(all_text(reading).find("hunter2"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace muster
