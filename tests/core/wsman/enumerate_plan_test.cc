// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/enumerate_plan.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/core/wsman/fixture.h"

namespace muster::wsman {
namespace {

using namespace testing;

std::string mode(std::string_view polymorphism) {
  return optimized(100) + header("b:PolymorphismMode", polymorphism);
}
// All classes of a namespace by one URI.
std::string of_all(std::string_view inside) {
  std::string request = enumerate("X", inside);
  const std::string uri = std::string(names::kMicrosoftClass) + "X";
  return request.replace(request.find(uri), uri.size(), names::kAllClasses);
}

struct Disks : Lab {
  Disks() { source.instances.push_back(disk("sda", 1000)); }
};

TEST(EnumeratePlan, PolymorphismDecidesWhatADescendantShows) {
  struct Case {
    std::string class_name, mode;
    std::vector<std::string> classes;
    bool own_properties;
  };
  const std::vector<Case> cases = {
      {"TEST_Element", "IncludeSubClassProperties", {"TEST_Disk", "SCX_Agent"}, true},
      {"TEST_Element", "ExcludeSubClassProperties", {"TEST_Element", "TEST_Element"}, false},
      {"TEST_Element", "None", {}, false},
      {"TEST_Disk", "None", {"TEST_Disk"}, true},
      {"TEST_Disk", "ExcludeSubClassProperties", {"TEST_Disk"}, true},
  };
  for (const Case& each : cases) {
    Disks lab;
    const Reply reply = lab.ask(enumerate(each.class_name, mode(each.mode)));
    ASSERT_EQ(verdict(reply), "200") << reply.body;
    std::vector<std::string> classes;
    std::string rest = items_of(reply);
    for (std::size_t at = 0; (at = rest.find(" xmlns:p=\"")) != std::string::npos;) {
      rest.erase(0, at + 10);
      classes.push_back(between("\n" + rest, "/cim-schema/2/", "\""));
    }
    EXPECT_EQ(classes, each.classes) << each.class_name << each.mode << reply.body;
    EXPECT_EQ(reply.body.find("<p:BytesTotal>") != std::string::npos, each.own_properties);
  }
}

TEST(EnumeratePlan, AllClassesAreAskedByAQuery) {
  const std::string all = "SELECT * FROM ";
  struct Case {
    std::string request, expected;
  };
  const std::vector<Case> cases = {
      {of_all(optimized(9) + filter(names::kWql, all + "TEST_Disk")), "200"},
      {of_all(optimized(9) + filter(names::kCql, all + "TEST_Element")), "200"},
      {enumerate("*", optimized(9) + filter(names::kCql, all + "TEST_Element")), "200"},
      {of_all(optimized(9)), "wsa:DestinationUnreachable/InvalidResourceURI"},
      {of_all(filter(names::kSelectorFilter, selectors({{"Name", "x"}}))),
       "wsa:DestinationUnreachable/InvalidResourceURI"},
      {of_all(filter(names::kWql, all + "TEST_Nothing")), "wsa:DestinationUnreachable/InvalidResourceURI"},
      {of_all(mode("None") + filter(names::kWql, all + "TEST_Disk")), "wsmb:PolymorphismModeNotSupported"},
      {of_all(mode("ExcludeSubClassProperties") + filter(names::kWql, all + "TEST_Disk")),
       "wsmb:PolymorphismModeNotSupported"},
      {enumerate("TEST_Disk", mode("Odd")), "wsmb:PolymorphismModeNotSupported"},
      {enumerate("TEST_Disk", header("w:EnumerationMode", "Odd")),
       "wsman:UnsupportedFeature/EnumerationMode"},
      {enumerate("TEST_Disk", header("w:EnumerationMode", "EnumerateObject")), "200"},
  };
  for (const Case& each : cases) {
    Disks lab;
    EXPECT_EQ(verdict(lab.ask(each.request)), each.expected) << each.request;
  }
}

TEST(EnumeratePlan, AQueryOfABaseClassReachesItsDescendantsByTheBasesNames) {
  Disks lab;
  const auto ask = [&](const std::string& query) {
    return lab.ask(enumerate("TEST_Element", optimized(9) + filter(names::kWql, query)));
  };
  const Reply both = ask("SELECT * FROM TEST_Element WHERE Name LIKE 's%'");
  EXPECT_NE(both.body.find("<p:TEST_Disk "), std::string::npos);
  EXPECT_NE(both.body.find("<p:SCX_Agent "), std::string::npos);
  const Reply agent = ask("SELECT * FROM TEST_Element WHERE __this ISA SCX_Agent");
  EXPECT_EQ(agent.body.find("<p:TEST_Disk "), std::string::npos);
  EXPECT_NE(agent.body.find("<p:SCX_Agent "), std::string::npos);
  EXPECT_EQ(verdict(ask("SELECT * FROM TEST_Element WHERE BytesTotal > 1")), "wsen:CannotProcessFilter");
}

TEST(EnumeratePlan, ContextOfAllClassesIsPulledByTheSameUri) {
  Disks lab;
  const Reply begun = lab.ask(of_all(filter(names::kWql, "SELECT * FROM TEST_Element")));
  const std::string context = between(begun.body, "<wsen:EnumerationContext>", "</wsen:EnumerationContext>");
  EXPECT_EQ(verdict(lab.ask(pull("TEST_Disk", context))), "wsen:InvalidEnumerationContext");
  EXPECT_EQ(verdict(lab.ask(pull("*", context, header("n:MaxElements", "9")))), "200");
}

}  // namespace
}  // namespace muster::wsman
