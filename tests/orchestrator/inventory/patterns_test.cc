// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/inventory/reading.h"

namespace muster {
namespace {

using Names = std::vector<std::string>;

Inventory sample() {
  return parse_inventory_ini(
             "lone\n2001:db8::1\n[web]\nweb1\nweb2\nweb10\n[db]\ndb1\nweb2\n[site:children]\nweb\ndb\n[empty]"
             "\n[web1]\nodd\n",
             "inv")
      .inventory;
}

struct Row {
  const char* pattern;
  Names names;
};

class Patterns : public testing::TestWithParam<Row> {};

TEST_P(Patterns, SelectInFileOrder) {
  const Inventory inventory = sample();
  const auto hosts = select_hosts(inventory, GetParam().pattern);
  ASSERT_TRUE(hosts) << hosts.error().what;
  Names names;
  for (const HostEntry* host : *hosts) names.push_back(host->name);
  EXPECT_EQ(names, GetParam().names);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Patterns,
    testing::Values(Row{"all", {"lone", "2001:db8::1", "web1", "web2", "web10", "db1", "odd"}},
                    Row{"*", {"lone", "2001:db8::1", "web1", "web2", "web10", "db1", "odd"}},
                    Row{"lone", {"lone"}}, Row{"web", {"web1", "web2", "web10"}},
                    Row{"site", {"web1", "web2", "web10", "db1"}}, Row{"web1", {"web1"}},
                    Row{"web?", {"web1", "web2", "odd"}}, Row{"web1*", {"web1", "web10", "odd"}},
                    Row{"*b1", {"web1", "db1", "odd"}}, Row{"db,lone", {"lone", "web2", "db1"}},
                    Row{"db:lone", {"lone", "web2", "db1"}}, Row{" db , lone ", {"lone", "web2", "db1"}},
                    Row{"lone,", {"lone"}}, Row{"site:!web", {"db1"}}, Row{"!web:site", {"db1"}},
                    Row{"web:&db", {"web2"}}, Row{"&db:web", {"web2"}}, Row{"lone:&db", {}},
                    Row{"site:&web:!web2", {"web1", "web10"}}, Row{"!site", {"lone", "2001:db8::1", "odd"}},
                    Row{":!site", {"lone", "2001:db8::1", "odd"}}, Row{"&db", {"web2", "db1"}},
                    Row{"empty", {}}, Row{"ungrouped", {"lone", "2001:db8::1"}},
                    Row{"2001:db8::1", {"2001:db8::1"}},
                    Row{"!2001:db8::1", {"lone", "web1", "web2", "web10", "db1", "odd"}},
                    Row{"2001:db8::1,db1", {"2001:db8::1", "db1"}}, Row{"l*", {"lone"}},
                    Row{"web[12]*", {"web1", "web2", "web10", "odd"}}));

struct Refused {
  const char* pattern;
  Errc code;
  const char* named;
};

class RefusedPatterns : public testing::TestWithParam<Refused> {};

TEST_P(RefusedPatterns, NameThePart) {
  const Inventory inventory = sample();
  const auto hosts = select_hosts(inventory, GetParam().pattern);
  ASSERT_FALSE(hosts);
  EXPECT_EQ(hosts.error().code, GetParam().code);
  EXPECT_THAT(hosts.error().what, testing::HasSubstr(GetParam().named));
  EXPECT_FALSE(hosts.error().hint.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedPatterns,
    testing::Values(Refused{"nope", Errc::not_found, "nope"}, Refused{"web:nope", Errc::not_found, "nope"},
                    Refused{"web:!nope", Errc::not_found, "!nope"},
                    Refused{"web:&nope", Errc::not_found, "&nope"}, Refused{"x*", Errc::not_found, "x*"},
                    Refused{"a*", Errc::not_found, "a*"}, Refused{"", Errc::malformed, "empty"},
                    Refused{" , ", Errc::malformed, "empty"}, Refused{"web:!", Errc::malformed, "!"},
                    Refused{"~web.*", Errc::unsupported, "~web"},
                    Refused{"@hosts", Errc::unsupported, "@hosts"},
                    Refused{"web[0]", Errc::unsupported, "web[0]"},
                    Refused{"web[0:2]", Errc::unsupported, "web[0:2]"}));

TEST(Patterns, MatchNothingInAnEmptyInventoryButAll) {
  const Inventory none;
  EXPECT_TRUE(select_hosts(none, "all")->empty());
  EXPECT_FALSE(select_hosts(none, "a"));
}

}  // namespace
}  // namespace muster
