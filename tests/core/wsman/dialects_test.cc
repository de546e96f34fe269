// SPDX-License-Identifier: GPL-2.0-or-later
// Filters and fragments, asked of the whole service.
#include "core/wsman/dialects.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/wsman/prescan.h"
#include "tests/core/wsman/fixture.h"

namespace muster::wsman {
namespace {

using namespace testing;

std::string filtered(std::string_view dialect, std::string_view text, std::string_view more = {}) {
  return enumerate("TEST_Disk", optimized(100) + filter(dialect, text) + std::string(more));
}
std::string selected(std::initializer_list<std::pair<std::string_view, std::string_view>> list) {
  return filtered(names::kSelectorFilter, selectors(list));
}
std::string fragment(std::string_view text, std::string_view attributes = {}) {
  return get("SCX_Agent", "<w:FragmentTransfer s:mustUnderstand='true' " + std::string(attributes) + ">" +
                              std::string(text) + "</w:FragmentTransfer>");
}

struct Disks : Lab {
  Disks() {
    source.instances.push_back(disk("sda", 1000));
    source.instances.push_back(disk("sdb", 2000));
    source.instances.push_back(cim::Instance(disk_class()).set("Name", std::string("sdc")));
  }
};

// Which of the disks an answer holds: "sda sdb".
std::string names_in(const Reply& reply) {
  std::string out;
  for (const char* name : {"sda", "sdb", "sdc"}) {
    if (reply.body.find(">" + std::string(name) + "<") == std::string::npos) continue;
    out += (out.empty() ? "" : " ") + std::string(name);
  }
  return out;
}

TEST(Filters, LetThroughWhatTheySay) {
  struct Case {
    std::string request, expected;
  };
  const std::vector<Case> cases = {
      {filtered(names::kWql, "SELECT * FROM TEST_Disk"), "sda sdb sdc"},
      {filtered(names::kWql, "\n select * from test_disk where NAME = 'SDA' "), "sda"},
      {filtered(names::kDmtfWql, "SELECT * FROM TEST_Disk WHERE BytesTotal &gt; 1500"), "sdb"},
      {filtered(names::kWql, "<![CDATA[SELECT * FROM TEST_Disk WHERE BytesTotal < 1500]]>"), "sda"},
      {filtered(names::kCql, "SELECT * FROM TEST_Disk WHERE Name LIKE 'sd[a-b]'"), "sda sdb"},
      {filtered(names::kCql, "SELECT * FROM TEST_Disk WHERE Name = 'SDA'"), ""},
      {filtered(names::kWql, "SELECT * FROM TEST_Disk WHERE NOT IsOnline = TRUE"), ""},
      {filtered(names::kWql, "SELECT * FROM TEST_Disk WHERE IsOnline IS NULL"), "sdc"},
      {selected({{"Name", "sdb"}}), "sdb"},
      {selected({{"bytestotal", "1000"}, {"IsOnline", "true"}}), "sda"},
      {selected({{"Name", "sda"}, {"BytesTotal", "2000"}}), ""},
      {enumerate("TEST_Disk", optimized(9) + "<n:Filter Dialect='" + std::string(names::kWql) +
                                  "'>SELECT * FROM TEST_Disk WHERE Name='sda'</n:Filter>"),
       "sda"},
  };
  for (const Case& each : cases) {
    Disks lab;
    const Reply reply = lab.ask(each.request);
    ASSERT_EQ(verdict(reply), "200") << each.request << reply.body;
    EXPECT_EQ(names_in(reply), each.expected) << each.request;
  }
}

TEST(Filters, AreRefusedWithThePreciseFault) {
  const std::string cannot = "wsen:CannotProcessFilter";
  const std::string unknown = "wsen:FilterDialectRequestedUnavailable";
  struct Case {
    std::string request, expected;
  };
  const std::vector<Case> cases = {
      {enumerate("TEST_Disk", "<w:Filter>*</w:Filter>"), unknown},
      {filtered(names::kXPath, "*"), unknown},
      {filtered("http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter",
                "<b:AssociatedInstances/>"),
       unknown},
      {filtered("urn:x", "x"), unknown},
      {filtered(names::kWql, ""), cannot},
      {filtered(names::kWql, "SELECT"), cannot},
      {filtered(names::kWql, "<x/>SELECT * FROM TEST_Disk"), cannot},
      {filtered(names::kWql, "SELECT * FROM SCX_Agent"), cannot},
      {filtered(names::kWql, "SELECT Nothing FROM TEST_Disk"), cannot},
      {filtered(names::kWql, "SELECT * FROM TEST_Disk WHERE Nothing = 1"), cannot},
      {filtered(names::kWql, "SELECT * FROM TEST_Disk WHERE BytesTotal = 'x'"), cannot},
      {filtered(names::kWql, "SELECT * FROM TEST_Disk WHERE Name = '" + std::string(9000, 'x') + "'"),
       cannot},
      {filtered(names::kSelectorFilter, "x"), cannot},
      {filtered(names::kSelectorFilter, "<x/>"), cannot},
      {filtered(names::kSelectorFilter, selectors({{"Name", "a"}}) + selectors({{"Name", "a"}})), cannot},
      {filtered(names::kSelectorFilter, "text" + selectors({{"Name", "a"}})), cannot},
      {selected({}), cannot},
      {selected({{"Nothing", "a"}}), cannot},
      {selected({{"Name", "a"}, {"name", "a"}}), cannot},
      {selected({{"Name", "<b/>"}}), cannot},
      {filtered(names::kWql, "SELECT * FROM TEST_Disk", "<n:Filter/>"), cannot},
      {filtered(names::kWql, "SELECT * FROM TEST_Disk", filter(names::kWql, "x")),
       "wsman:SchemaValidationError"},
  };
  for (const Case& each : cases) {
    Disks lab;
    const Reply reply = lab.ask(each.request);
    EXPECT_EQ(verdict(reply), each.expected) << each.request << '\n' << reply.body;
    EXPECT_TRUE(prescan(reply.body));
    EXPECT_TRUE(lab.source.asked.empty()) << each.request;
    const bool listed = reply.body.find("SupportedDialect>http://schemas.microsoft.com/wbem/wsman/1/WQL<") !=
                        std::string::npos;
    EXPECT_EQ(listed, each.expected == unknown) << reply.body;
  }
}

TEST(Filters, SayWhereAQueryGoesWrong) {
  Disks lab;
  const Reply reply = lab.ask(filtered(names::kWql, "SELECT * FROM TEST_Disk WHERE Nam = 'sda'"));
  EXPECT_NE(reply.body.find("column 31: Nam is no property of TEST_Disk"), std::string::npos) << reply.body;
}

TEST(Fragments, AreWhatLevelOneOfXPathNames) {
  const std::string open = "<wsman:XmlFragment xmlns:p=\"" + std::string(names::kDmtfClass) + "SCX_Agent\">";
  const std::string close = "</wsman:XmlFragment>";
  const std::string nothing = "<wsman:XmlFragment xsi:nil=\"true\"/>";
  const std::string bound = "xmlns:q='" + std::string(names::kMicrosoftClass) + "SCX_Agent'";
  struct Case {
    std::string request, expected;
  };
  const std::vector<Case> cases = {
      {fragment("Hostname"), open + "<p:Hostname>db1</p:Hostname>" + close},
      {fragment(" ./Hostname "), open + "<p:Hostname>db1</p:Hostname>" + close},
      {fragment("q:Hostname", bound), open + "<p:Hostname>db1</p:Hostname>" + close},
      {fragment("Hostname[1]/text()"), open + "db1" + close},
      {fragment("Hostname/text()", "Dialect='" + std::string(names::kXPath) + "'"), open + "db1" + close},
      {fragment("Hostname[2]"), nothing},
      {fragment("Caption"), open + "<p:Caption xsi:nil=\"true\"/>" + close},
      {fragment("Caption/text()"), nothing},
      {fragment("Nothing"), nothing},
  };
  for (const Case& each : cases) {
    Lab lab;
    const Reply reply = lab.ask(each.request);
    ASSERT_EQ(verdict(reply), "200") << each.request << reply.body;
    EXPECT_TRUE(prescan(reply.body)) << reply.body;
    EXPECT_EQ(between(reply.body, "<SOAP-ENV:Body>", "</SOAP-ENV:Body>"), each.expected) << each.request;
    EXPECT_NE(reply.body.find("<wsman:FragmentTransfer SOAP-ENV:mustUnderstand=\"true\">"),
              std::string::npos);
  }
}

TEST(Fragments, AreRefusedWithThePreciseFault) {
  struct Case {
    std::string request, expected;
  };
  const std::string cannot = "wsen:CannotProcessFilter";
  const std::string block = "<w:FragmentTransfer s:mustUnderstand='true'>Name</w:FragmentTransfer>";
  std::vector<Case> cases = {
      {get("SCX_Agent", "<w:FragmentTransfer>Name</w:FragmentTransfer>"),
       "wsa:InvalidMessageInformationHeader"},
      {fragment("Name", "Dialect='urn:x'"), "wsman:FragmentDialectNotSupported"},
      {enumerate("SCX_Agent", optimized(1), block), "wsman:UnsupportedFeature/FragmentLevelAccess"},
      {fragment("q:Name", "xmlns:q='urn:x'"), cannot},
      {fragment("q:Name"), cannot},
      {fragment("<x/>"), cannot},
  };
  for (const auto* text :
       {"", "/", ".", "..", "*", "a/b", "//Name", "Name[0]", "Name[x]", "Name[", "Name]", "@Name", "Name[1",
        "1Name", "Name/text", "/text()", "count(Name)", "Name[99999999999999999999]"}) {
    cases.push_back({fragment(text), cannot});
  }
  for (const Case& each : cases) {
    Lab lab;
    EXPECT_EQ(verdict(lab.ask(each.request)), each.expected) << each.request;
  }
}

}  // namespace
}  // namespace muster::wsman
