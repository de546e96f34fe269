// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/wsman/fixture.h"

namespace muster::wsman {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;

// A request for a declaration: `name` is the last part of the URI.
std::string declaration(std::string_view action, std::string_view name, std::string_view more,
                        std::string_view body = {}) {
  std::string request = envelope(headers(action, name, more), body);
  const std::string wrong = std::string(names::kMicrosoftClass);
  const std::size_t at = request.find(wrong);
  EXPECT_NE(at, std::string::npos);
  return request.replace(at, wrong.size(), names::kClassSchema);
}

std::string get_class(std::string_view name, std::string_view more = {}) {
  return declaration(names::kGet, name, more);
}

std::string enumerate_classes(std::string_view more, std::string_view inner) {
  return declaration(names::kEnumerate, "*", more, "<n:Enumerate>" + std::string(inner) + "</n:Enumerate>");
}

std::string options(std::string_view name, std::string_view value) {
  return "<w:OptionSet><w:Option Name='" + std::string(name) + "'>" + std::string(value) +
         "</w:Option></w:OptionSet>";
}

TEST(Declarations, GetTellsTheClassThatIsNamed) {
  Lab lab;
  for (const auto& request :
       {get_class("*", selectors({{"ClassName", "TEST_Disk"}})), get_class("test_disk"),
        get_class("TEST_Disk", selectors({{"__cimnamespace", "root/scx"}, {"classname", "TEST_disk"}}))}) {
    const Reply reply = lab.ask(request);
    EXPECT_EQ(verdict(reply), "200") << reply.body;
    EXPECT_THAT(reply.body, HasSubstr("Body><CLASS NAME=\"TEST_Disk\" SUPERCLASS=\"TEST_Element\">"));
    EXPECT_THAT(reply.body, HasSubstr("<PROPERTY NAME=\"BytesTotal\" TYPE=\"uint64\">"));
    EXPECT_THAT(reply.body, Not(HasSubstr("QUALIFIER")));
  }
  EXPECT_THAT(lab.ask(get_class("TEST_Element")).body, HasSubstr("<CLASS NAME=\"TEST_Element\">"));
  EXPECT_TRUE(lab.source.asked.empty());
}

TEST(Declarations, OptionsSayWhatIsTold) {
  Lab lab;
  EXPECT_THAT(lab.ask(get_class("TEST_Disk", options("IncludeQualifiers", "true"))).body,
              HasSubstr("<QUALIFIER NAME=\"key\""));
  EXPECT_THAT(lab.ask(get_class("TEST_Disk", options("IncludeInheritedElements", "false"))).body,
              Not(HasSubstr("\"Caption\"")));
  EXPECT_THAT(lab.ask(get_class("TEST_Disk", options("IncludeClassOrigin", "true"))).body,
              HasSubstr("NAME=\"Caption\" CLASSORIGIN=\"TEST_Element\""));
}

TEST(Declarations, EnumerateTellsAncestorsBeforeDescendants) {
  Lab lab;
  const std::string body = lab.ask(enumerate_classes("", optimized(100))).body;
  const auto base = body.find("<CLASS NAME=\"TEST_Element\">");
  const auto disk = body.find("<CLASS NAME=\"TEST_Disk\"");
  const auto agent = body.find("<CLASS NAME=\"SCX_Agent\"");
  EXPECT_LT(base, disk);
  EXPECT_LT(disk, agent);
  EXPECT_NE(agent, std::string::npos);
  EXPECT_EQ(body.find("<CLASS NAME=\"TEST_Element\">", base + 1), std::string::npos);
  const std::string below =
      lab.ask(enumerate_classes(selectors({{"ClassName", "TEST_Element"}}), optimized(100))).body;
  EXPECT_THAT(below, Not(HasSubstr("<CLASS NAME=\"TEST_Element\"")));
  EXPECT_THAT(below, HasSubstr("<CLASS NAME=\"SCX_Agent\""));
}

TEST(Declarations, ArePulledUnderTheirOwnUri) {
  Lab lab;
  const std::string context = between(lab.ask(enumerate_classes("", optimized(1))).body,
                                      "<wsen:EnumerationContext>", "</wsen:EnumerationContext>");
  ASSERT_FALSE(context.empty());
  const std::string inner = "<n:Pull><n:EnumerationContext>" + context + "</n:EnumerationContext></n:Pull>";
  EXPECT_EQ(verdict(lab.ask(pull("SCX_Agent", context))), "wsen:InvalidEnumerationContext");
  const Reply reply = lab.ask(declaration(names::kPull, "*", "", inner));
  EXPECT_EQ(verdict(reply), "200");
  EXPECT_THAT(reply.body, HasSubstr("<CLASS NAME=\"TEST_Disk\""));
}

TEST(Declarations, RefuseWhatIsForInstances) {
  const std::string fragment = "<w:FragmentTransfer s:mustUnderstand='true'>Name</w:FragmentTransfer>";
  const std::string filter =
      "<w:Filter Dialect='" + std::string(names::kWql) + "'>select * from TEST_Disk</w:Filter>";
  const std::pair<std::string, std::string> cases[] = {
      {get_class("*"), "wsman:InvalidSelectors/InsufficientSelectors"},
      {get_class("TEST_None"), "wsa:DestinationUnreachable/InvalidResourceURI"},
      {get_class("*", selectors({{"ClassName", "<x/>"}})), "wsman:InvalidSelectors/TypeMismatch"},
      {get_class("*", selectors({{"Name", "sda"}})), "wsman:InvalidSelectors/UnexpectedSelectors"},
      {get_class("SCX_Agent", selectors({{"ClassName", "TEST_Disk"}})),
       "wsman:InvalidSelectors/InvalidValue"},
      {get_class("TEST_Disk", fragment), "wsman:UnsupportedFeature/FragmentLevelAccess"},
      {enumerate_classes("", filter), "wsen:CannotProcessFilter"},
      {enumerate_classes("", "<w:EnumerationMode>EnumerateEPR</w:EnumerationMode>"),
       "wsman:UnsupportedFeature/EnumerationMode"},
      {enumerate_classes("", "<b:PolymorphismMode>None</b:PolymorphismMode>"),
       "wsmb:PolymorphismModeNotSupported"},
      {enumerate_classes(selectors({{"ClassName", "TEST_None"}}), ""),
       "wsa:DestinationUnreachable/InvalidResourceURI"},
  };
  for (const auto& [request, expected] : cases) {
    Lab lab;
    EXPECT_EQ(verdict(lab.ask(request)), expected) << request;
    EXPECT_TRUE(lab.source.asked.empty());
  }
}

}  // namespace
}  // namespace muster::wsman
