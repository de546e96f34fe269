// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/inventory/reading.h"

namespace muster {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Addresses, OfTwoHostsInOnePlaceTheSecondIsTold) {
  auto reading = parse_inventory_ini(
      "a ansible_host=10.0.0.1\nb ansible_host=10.0.0.1 ansible_port=23\nc ansible_host=10.0.0.1\nd\nD2 "
      "ansible_host=D\n",
      "inv");
  check_duplicates(reading);
  EXPECT_THAT(places(reading), ElementsAre("3:1 malformed", "5:1 malformed"));
  EXPECT_THAT(reading.problems[0].error.what,
              HasSubstr("host c: has the address 10.0.0.1 port 22, as host a has (inv:1:1)"));
}

TEST(Addresses, AreToldWhereTheResolverDoesNotAgree) {
  auto reading =
      parse_inventory_ini("good\nnone\nnameless\nother\n10.0.0.1\nv6 ansible_host=fe80::1\n", "inv");
  check_resolution(reading, [](const std::string& name) -> Lookup {
    const auto found = [](const char* address, const char* called, bool agrees) {
      return Lookup{.address = address, .name = called, .problem = "", .agrees = agrees};
    };
    if (name == "good") return found("10.0.0.5", "good.example.org", true);
    if (name == "nameless") return found("10.0.0.6", "", false);
    if (name == "other") return found("10.0.0.7", "x.example.org", false);
    return {.address = "", .name = "", .problem = "Name or service not known", .agrees = false};
  });
  EXPECT_THAT(places(reading), ElementsAre("2:1 not_found"));
  EXPECT_THAT(reading.problems[0].error.what, HasSubstr("none has no address: Name or service not known"));
  ASSERT_EQ(reading.doubts.size(), 2U);
  EXPECT_THAT(reading.doubts[0].error.what, HasSubstr("10.0.0.6, which has no name"));
  EXPECT_THAT(reading.doubts[1].error.what,
              HasSubstr("called \"x.example.org\", and that name leads elsewhere"));
}

TEST(Addresses, OfThisMachineAreFound) {
  const Lookup found = look_up("localhost");
  EXPECT_FALSE(found.address.empty()) << found.problem;
  EXPECT_TRUE(found.agrees);
  EXPECT_FALSE(look_up("no-such-name.invalid").problem.empty());
}

TEST(Doubts, AreGroupsThatContradictEachOtherByNothingButTheirNames) {
  const std::string groups = "[web]\nh1\n[db]\nh1\n[web:vars]\nansible_user=w\n[db:vars]\nansible_user=d\n";
  const auto reading = parse_inventory_ini(groups, "inv");
  ASSERT_EQ(reading.doubts.size(), 1U);
  EXPECT_THAT(
      reading.doubts[0].error.what,
      HasSubstr(
          "inv:6:1: ansible_user is \"w\" in group web and \"d\" in group db (inv:8); host h1 is in both"));
  EXPECT_EQ(reading.inventory.find("h1")->user, "w");
}

TEST(Doubts, AreNoneWhereSomethingElseDecides) {
  const std::string both = "[web]\nh1\n[db]\nh1\n";
  for (const std::string& text :
       {std::string(
            "[web]\nh1 ansible_user=x\n[db]\nh1\n[web:vars]\nansible_user=w\n[db:vars]\nansible_user=d\n"),
        both + "[web:vars]\nansible_user=w\n[db:vars]\nansible_user=w\n",
        both + "[web:vars]\nansible_user=w\nansible_group_priority=2\n[db:vars]\nansible_user=d\n",
        both + "[all:vars]\nansible_user=a\n[web:vars]\nansible_user=w\n",
        both + "[web:vars]\nrack=w\n[db:vars]\nrack=d\n"}) {
    EXPECT_THAT(parse_inventory_ini(text, "inv").doubts, IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace muster
