// SPDX-License-Identifier: GPL-2.0-or-later
// What the reader itself promises; the table of broken requests is in framing_test.cc.
#include "core/http/request_reader.h"

#include <gtest/gtest.h>

namespace muster::http {
namespace {

using State = RequestReader::State;

constexpr std::string_view kHead =
    "POST /wsman HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n";

TEST(RequestReader, StopsBehindTheHeadAndBehindTheMessage) {
  RequestReader reader(Limits{});
  const std::string all = std::string(kHead) + "abcPOST";
  EXPECT_EQ(reader.put(all), kHead.size());
  EXPECT_EQ(reader.state(), State::body);
  EXPECT_TRUE(reader.expects_continue());
  EXPECT_EQ(reader.head().method, "POST");
  EXPECT_EQ(reader.head().target, "/wsman");
  EXPECT_EQ(*reader.head().field("content-LENGTH"), "3");
  EXPECT_EQ(reader.put(std::string_view(all).substr(kHead.size())), 3U);
  EXPECT_EQ(reader.state(), State::complete);
  EXPECT_TRUE(reader.keeps_alive());
  EXPECT_EQ(reader.take().body, "abc");
}

TEST(RequestReader, ConsumesNothingOfAHeadThatIsNotWhole) {
  RequestReader reader(Limits{});
  for (std::size_t size = 0; size < kHead.size(); ++size) {
    ASSERT_EQ(reader.put(kHead.substr(0, size)), 0U) << size;
    ASSERT_EQ(reader.state(), State::head);
  }
  EXPECT_EQ(reader.put(kHead), kHead.size());
}

TEST(RequestReader, TheHeadLimitIsExact) {
  for (const int over : {0, 1}) {
    RequestReader reader(Limits{.head_bytes = kHead.size() - static_cast<std::size_t>(over)});
    reader.put(kHead);
    EXPECT_EQ(reader.state(), over == 0 ? State::body : State::refused);
    EXPECT_EQ(reader.refusal().status, over == 0 ? 400 : 431);  // 400 is what nothing refused leaves there
  }
}

TEST(RequestReader, TheFieldLimitIsExact) {
  for (const std::size_t limit : {3U, 2U}) {
    RequestReader reader(Limits{.head_fields = limit});
    reader.put(kHead);
    EXPECT_EQ(reader.state(), limit == 3 ? State::body : State::refused);
  }
}

TEST(RequestReader, ExpectationOfHttp10OrWithoutABodyIsNone) {
  for (const std::string_view text : {"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n",
                                      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n"}) {
    RequestReader reader(Limits{});
    EXPECT_EQ(reader.put(text), text.size());
    EXPECT_FALSE(reader.expects_continue());
  }
}

TEST(RequestReader, TrailersAreReadAndDropped) {
  RequestReader reader(Limits{});
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string body = "1\r\nx\r\n0\r\nAuthorization: Basic YTpi\r\nHost: b\r\n\r\n";
  reader.put(head);
  EXPECT_EQ(reader.put(body), body.size());
  ASSERT_EQ(reader.state(), State::complete);
  const auto request = reader.take();
  EXPECT_EQ(request.body, "x");
  EXPECT_EQ(request.head.field("authorization"), nullptr);
  EXPECT_EQ(*request.head.field("host"), "a");
}

}  // namespace
}  // namespace muster::http
