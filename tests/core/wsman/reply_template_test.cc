// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/reply_template.h"

#include <gtest/gtest.h>

#include "core/wsman/names.h"

namespace muster::wsman {
namespace {

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

// An "&" makes gSOAP write the whole head: but for the identifiers both ways give the same octets.
TEST(ReplyTemplate, GivesTheOctetsThatGsoapWrites) {
  for (const auto action : {names::kGetResponse, names::kEnumerateResponse, names::kPullResponse}) {
    const auto filled = reply_envelope({action, "uuid:message", "uuid:relates"});
    const auto first = reply_envelope({action, "uuid:m&essage", "uuid:relates"});
    const auto second = reply_envelope({action, "uuid:message", "uuid:r&elates"});
    EXPECT_EQ(filled.head, replaced(first.head, "m&amp;essage", "message"));
    EXPECT_EQ(filled.head, replaced(second.head, "r&amp;elates", "relates"));
    EXPECT_EQ(filled.tail, first.tail);
  }
}

TEST(ReplyTemplate, TakesIdentifiersOfAnyLengthAndKeepsTheirOrder) {
  for (const std::size_t length : {1U, 40U, 2048U}) {
    const std::string id(length, 'm');
    const std::string relates(length, 'r');
    const auto head = reply_envelope({names::kGetResponse, id, relates}).head;
    EXPECT_NE(head.find("<wsa:MessageID>" + id + "</wsa:MessageID>"), std::string::npos);
    EXPECT_NE(head.find("<wsa:RelatesTo>" + relates + "</wsa:RelatesTo>"), std::string::npos);
  }
}

// A client that sends our own mark as its identifier gets it back, and nothing else moves.
TEST(ReplyTemplate, IsNotConfusedByItsOwnMarks) {
  const auto head =
      reply_envelope({names::kGetResponse, ReplyTemplate::kRelatesMark, ReplyTemplate::kMessageMark}).head;
  EXPECT_NE(head.find("<wsa:MessageID>" + std::string(ReplyTemplate::kRelatesMark)), std::string::npos);
  EXPECT_NE(head.find("<wsa:RelatesTo>" + std::string(ReplyTemplate::kMessageMark)), std::string::npos);
}

TEST(ReplyTemplate, SetsInOnlyWhatNeedsNoEscape) {
  for (const auto* plain : {"uuid:1", "urn:x?y=1;z#a~b", "%26"}) {
    EXPECT_TRUE(ReplyTemplate::fits(plain)) << plain;
  }
  for (const auto* other : {"", "a b", "a&b", "a<b", "a>b", "a\"b", "a'b", "a\tb", "a\x7F", "\xC3\xA4"}) {
    EXPECT_FALSE(ReplyTemplate::fits(other)) << other;
  }
}

}  // namespace
}  // namespace muster::wsman
