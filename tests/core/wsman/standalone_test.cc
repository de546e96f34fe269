// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/standalone.h"

#include <gtest/gtest.h>

#include "core/wsman/xml.h"

namespace muster::wsman {
namespace {

std::string standalone(std::string_view document, const char* name) {
  pugi::xml_document parsed;
  EXPECT_TRUE(xml::load(parsed, document));
  std::string out;
  append_standalone(
      out, parsed.find_node([name](pugi::xml_node n) { return std::string_view(n.name()) == name; }));
  return out;
}

TEST(Standalone, BringsItsDeclarationsAlongAndTheNearestCounts) {
  EXPECT_EQ(
      standalone("<a xmlns='urn:a' xmlns:x='urn:far'><b xmlns:x='urn:near'><x:c x:d='1'>t</x:c></b></a>",
                 "x:c"),
      "<x:c xmlns:x=\"urn:near\" xmlns=\"urn:a\" x:d=\"1\">t</x:c>");
}

TEST(Standalone, EscapesTextAndAttributesAnew) {
  EXPECT_EQ(standalone("<a><b c='&quot;&lt;'>&lt;/b&gt;<![CDATA[<&]]><!-- - --><d/></b></a>", "b"),
            "<b c=\"&quot;&lt;\">&lt;/b&gt;&lt;&amp;<d></d></b>");
}

}  // namespace
}  // namespace muster::wsman
