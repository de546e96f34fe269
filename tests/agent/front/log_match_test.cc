// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/front/log_match.h"

#include <gtest/gtest.h>

#include "core/wsman/courier.h"

namespace muster::agent {
namespace {

TEST(LogMatch, IsAnInstanceOfItsOwnClass) {
  EXPECT_EQ(
      log_match("/var/log/x", "0 12", "a < b\x01"),
      "<p:Muster_LogFileMatch "
      "xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/Muster_LogFileMatch\">"
      "<p:FileName>/var/log/x</p:FileName><p:Expressions>0</p:Expressions><p:Expressions>12</p:Expressions>"
      "<p:Line>a &lt; b\xef\xbf\xbd</p:Line></p:Muster_LogFileMatch>");
}

TEST(LogMatch, TakesNoNumbersThatAreNone) {
  EXPECT_NE(log_match("/x", "1x;</a>22", "l").find("<p:Expressions>1</p:Expressions><p:Expressions>22<"),
            std::string::npos);
}

TEST(LogMatch, IsCutToWhatIsKept) {
  for (const std::size_t name : {std::size_t{10}, std::size_t{4096}}) {
    const std::string item = log_match("/" + std::string(name, '"'), "0", std::string(8192, '"'));
    EXPECT_LE(item.size(), wsman::Courier::kMaxItem);
    EXPECT_GT(item.size(), wsman::Courier::kMaxItem - 2000);
    EXPECT_TRUE(item.ends_with("</p:Line></p:Muster_LogFileMatch>"));
  }
}

}  // namespace
}  // namespace muster::agent
