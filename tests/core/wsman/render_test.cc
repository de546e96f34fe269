// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/render.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/wsman/escape.h"
#include "core/wsman/prescan.h"
#include "tests/core/wsman/fixture.h"

namespace muster::wsman {
namespace {

using namespace testing;

TEST(Render, PropertiesComeInOrderWithNullsAndArrays) {
  EXPECT_EQ(render_instance(disk("a<b", 7)),
            "<p:TEST_Disk xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/TEST_Disk\">"
            "<p:Name>a&lt;b</p:Name><p:Caption xsi:nil=\"true\"/><p:BytesTotal>7</p:BytesTotal>"
            "<p:IsOnline>TRUE</p:IsOnline><p:Load xsi:nil=\"true\"/><p:Mounts>/</p:Mounts>"
            "<p:Mounts>/a&amp;b</p:Mounts></p:TEST_Disk>");
}

TEST(Render, EmptyTextIsNotNullAndAnEmptyArrayIs) {
  const std::string text = render_instance(
      cim::Instance(disk_class()).set("Name", std::string()).set("Mounts", std::vector<std::string>()));
  EXPECT_NE(text.find("<p:Name></p:Name>"), std::string::npos);
  EXPECT_NE(text.find("<p:Mounts xsi:nil=\"true\"/>"), std::string::npos);
}

TEST(Escape, AnyOctetsBecomeWellFormedXml) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  for (const std::string& text : {all, all + all, std::string("]]>"),
                                  std::string("\xF0\x9F\x98\x80\xF0\x9F\x98"), std::string("\xEF\xBF\xBE")}) {
    std::string out = "<a x=\"";
    append_escaped(out, text);
    out += "\">";
    append_escaped(out, text);
    out += "</a>";
    const Result<void> scanned = prescan(out);
    EXPECT_TRUE(scanned) << (scanned ? "" : scanned.error().what);
  }
}

TEST(Escape, ReplacesExactlyWhatXmlCannotHold) {
  struct Case {
    std::string text, expected;
  };
  const std::vector<Case> cases = {
      {"plain \xC3\xA9", "plain \xC3\xA9"},
      {"<&>\"'", "&lt;&amp;&gt;&quot;'"},
      {"\t\n\r", "&#9;&#10;&#13;"},
      {std::string("\0\x1B", 2), "\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"\xC3(", "\xEF\xBF\xBD("},
      {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"\x7F", "\x7F"},
  };
  for (const Case& each : cases) {
    std::string out;
    append_escaped(out, each.text);
    EXPECT_EQ(out, each.expected);
  }
}

}  // namespace
}  // namespace muster::wsman
