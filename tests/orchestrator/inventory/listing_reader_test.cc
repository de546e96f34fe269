// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/inventory/reading.h"

namespace muster {
namespace {

using testing::ElementsAre;

// As ansible-inventory of ansible-core 2.14 prints an inventory with two groups, one below the other.
constexpr char kListing[] = R"({
    "_meta": {
        "hostvars": {
            "db1": {"ansible_host": "10.0.0.3", "ansible_port": 2222},
            "web1": {"ansible_host": "10.0.0.1", "role": "front"},
            "gone": {"ansible_host": "10.0.0.9"}
        }
    },
    "all": {"children": ["ungrouped", "prod"]},
    "prod": {"children": ["web", "db"], "vars": {"ansible_user": "admin"}},
    "ungrouped": {"hosts": ["lone"]},
    "web": {"hosts": ["web1", "web2"]},
    "db": ["db1"]
})";

TEST(ListingReader, ReadsWhatAnsibleInventoryPrints) {
  const InventoryReading reading = parse_inventory_yaml(kListing, "inv.json");
  ASSERT_EQ(all_text(reading), "");
  EXPECT_THAT(host_names(reading.inventory), ElementsAre("lone", "web1", "web2", "db1"));
  const HostEntry* db = reading.inventory.find("db1");
  ASSERT_NE(db, nullptr);
  EXPECT_EQ(db->address, "10.0.0.3");
  EXPECT_EQ(db->port, 2222);
  EXPECT_EQ(db->user, "admin");
  EXPECT_THAT(db->groups, ElementsAre("db", "prod"));
  EXPECT_EQ(variable(reading, "web1", "role"), "front");
  EXPECT_EQ(reading.inventory.find("lone")->user, "");
}

TEST(ListingReader, KnowsTheFamiliesOfGroups) {
  const InventoryReading reading = parse_inventory_yaml(kListing, "inv.json");
  const auto& families = reading.inventory.families;
  EXPECT_THAT(families.at("all").children, ElementsAre("ungrouped", "prod"));
  EXPECT_THAT(families.at("prod").children, ElementsAre("web", "db"));
  EXPECT_THAT(families.at("web").hosts, ElementsAre("web1", "web2"));
  EXPECT_THAT(families.at("ungrouped").hosts, ElementsAre("lone"));
}

struct Bad {
  const char* text;
  std::vector<std::string> places;
};
class ListingFaults : public testing::TestWithParam<Bad> {};

TEST_P(ListingFaults, AreToldWithTheirPlaces) {
  EXPECT_EQ(places(parse_inventory_yaml(GetParam().text, "inv.json")), GetParam().places) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, ListingFaults,
    testing::Values(Bad{R"({"_meta": {"hostvars": []}})", {"1:24 malformed"}},
                    Bad{R"({"g": {"hosts": ["a", "-o x", 12]}})", {"1:23 malformed", "1:31 malformed"}},
                    Bad{R"({"g": {"hosts": ["w[1:3]"]}})", {"1:18 malformed"}},
                    Bad{R"({"g*": ["a"]})", {"1:2 malformed"}},
                    Bad{R"({"g": ["a"], "h": 1})", {"1:19 malformed"}},
                    Bad{R"({"g": {"hosts": ["a"], "host": []}})", {"1:24 malformed"}},
                    Bad{R"({"g": {"hosts": ["a"], "children": 1}})", {"1:36 malformed"}},
                    Bad{R"({"g": {"hosts": ["a"]}, "_meta": {"hostvars": {"a": 1}}})", {"1:53 malformed"}},
                    Bad{R"({"g": {"hosts": ["a"]}, "_meta": {"hostvars": {"a": {"ansible_password": "x"}}}})",
                        {"1:54 malformed"}}));

// What people write by mistake in YAML stays a mistake.
TEST(ListingReader, TakesListsOnlyInJson) {
  EXPECT_THAT(places(parse_inventory_yaml("g:\n  hosts: [a]\n", "inv")), ElementsAre("2:10 malformed"));
}

}  // namespace
}  // namespace muster
