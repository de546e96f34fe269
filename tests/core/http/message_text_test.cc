// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/message_text.h"

#include <string>

#include <gtest/gtest.h>

namespace muster::http {
namespace {

constexpr std::string_view kDate = "today";

TEST(MessageText, ResponseHasItsLengthAndTheHandlersFields) {
  const Response response{.status = 401, .fields = {{"WWW-Authenticate", "Basic realm=\"x\""}}, .body = "no"};
  EXPECT_EQ(response_text(response, AfterResponse::keep, kDate),
            "HTTP/1.1 401 Unauthorized\r\nDate: today\r\nWWW-Authenticate: Basic "
            "realm=\"x\"\r\nContent-Length: 2\r\n\r\nno");
  EXPECT_EQ(response_text(Response{}, AfterResponse::close, kDate),
            "HTTP/1.1 200 OK\r\nDate: today\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}

TEST(MessageText, FieldsThatAreTheTransportsOwnAreLeftOut) {
  const Response response{
      .fields = {{"content-length", "7"}, {"Connection", "upgrade"}, {"transfer-Encoding", "x"}}, .body = {}};
  EXPECT_EQ(response_text(response, AfterResponse::keep, kDate),
            "HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 0\r\n\r\n");
}

TEST(MessageText, PostNamesItsHost) {
  EXPECT_EQ(post_text("/wsman", "db1:1270", {{"A", "b"}, {"Host", "other"}}, "xyz"),
            "POST /wsman HTTP/1.1\r\nHost: db1:1270\r\nA: b\r\nContent-Length: 3\r\n\r\nxyz");
}

// A field with a line break is a bug of ours: loud where asserts are on, harmless elsewhere.
TEST(MessageText, AFieldCannotSmuggleALine) {
  for (const char* value : {"a\r\nX: y", "a\ny", "a\ry"}) {
    EXPECT_DEBUG_DEATH(
        {
          const auto text =
              response_text(Response{.fields = {{"A", value}}, .body = {}}, AfterResponse::keep, kDate);
          if (text.find('y') != std::string::npos) std::abort();
        },
        "line break");
  }
}

TEST(MessageText, RefusalClosesAndSaysWhy) {
  const auto refusal = plain_refusal(413, "body: too large");
  EXPECT_EQ(refusal.status, 413);
  EXPECT_TRUE(refusal.close);
  EXPECT_EQ(refusal.body, "body: too large\n");
}

}  // namespace
}  // namespace muster::http
