// SPDX-License-Identifier: GPL-2.0-or-later
// Compressed bodies over a real connection. The server echoes: what comes back is what it understood.
#include "core/http/coding.h"
#include "tests/core/http/https_fixture.h"

namespace muster::http {
namespace {

using namespace testing;

constexpr Limits kSmall = {.body_bytes = 20'000};

std::string rows(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += "<p:Name>" + std::to_string(i * 7919) + "</p:Name>";
  return text.substr(0, size);
}

struct Exchanged {
  int status;
  std::string head;
  std::string body;
};

class ContentCoding : public ::testing::Test {
 protected:
  Exchanged ask(std::string_view body, std::string_view fields) {
    RawClient client(server_.port());
    EXPECT_TRUE(client.send(post_request(body, fields)));
    const auto response = client.read_response();
    return {status_of(response), response.substr(0, response.find("\r\n\r\n")), body_of(response)};
  }

  RunningServer server_{&echo, kSmall};
};

TEST_F(ContentCoding, RequestIsInflatedBeforeItIsServed) {
  const auto text = rows(15'000);
  const auto got = ask(gzip(text), "Content-Encoding: gzip\r\n");
  EXPECT_EQ(got.status, 200) << got.body;
  EXPECT_EQ(got.body, text);
}

TEST_F(ContentCoding, AnswerIsPackedForOneWhoTakesIt) {
  const auto text = rows(15'000);
  const auto packed = ask(text, "Accept-Encoding: gzip, deflate\r\n");
  EXPECT_NE(packed.head.find("Content-Encoding: gzip"), std::string::npos) << packed.head;
  EXPECT_LT(packed.body.size(), text.size() / 3);
  EXPECT_EQ(value_of(gunzip(packed.body, {})), text);
  for (const char* fields : {"", "Accept-Encoding: deflate\r\n", "Accept-Encoding: gzip;q=0\r\n"}) {
    const auto plain = ask(text, fields);
    EXPECT_EQ(plain.head.find("Content-Encoding"), std::string::npos) << fields;
    EXPECT_EQ(plain.body, text) << fields;
  }
}

TEST_F(ContentCoding, SmallAnswerIsPackedOnlyWhenItMustBe) {
  EXPECT_EQ(ask("small", "Accept-Encoding: gzip\r\n").body, "small");
  const auto packed = ask("small", "Accept-Encoding: gzip, identity;q=0\r\n");
  EXPECT_EQ(value_of(gunzip(packed.body, {})), "small");
}

TEST_F(ContentCoding, WhatCannotBeReadOrAnsweredIsRefused) {
  const std::string bomb = gzip(std::string(20'001, ' '));
  const auto good = gzip("<x/>");
  const struct {
    const char* name;
    std::string body;
    const char* fields;
    int status;
  } cases[] = {
      {"unknown coding", "x", "Content-Encoding: SLDC\r\n", 415},
      {"twice", good, "Content-Encoding: gzip, gzip\r\n", 415},
      {"not gzip", "<x/>", "Content-Encoding: gzip\r\n", 400},
      {"bytes behind", good + "<y/>", "Content-Encoding: gzip\r\n", 400},
      {"cut", good.substr(0, good.size() - 1), "Content-Encoding: gzip\r\n", 400},
      {"too large inside", bomb, "Content-Encoding: gzip\r\n", 413},
      {"nothing acceptable", "x", "Accept-Encoding: identity;q=0\r\n", 406},
  };
  for (const auto& one : cases) EXPECT_EQ(ask(one.body, one.fields).status, one.status) << one.name;
  EXPECT_NE(ask("x", "Content-Encoding: br\r\n").head.find("Accept-Encoding: gzip"), std::string::npos);
}

TEST_F(ContentCoding, ConnectionIsKeptAndOneRequestTellsNothingOfTheNext) {
  const auto text = rows(5'000);
  RawClient client(server_.port());
  ASSERT_TRUE(client.send(post_request(gzip(text), "Content-Encoding: gzip\r\nAccept-Encoding: gzip\r\n")));
  EXPECT_EQ(value_of(gunzip(body_of(client.read_response()), {})), text);
  ASSERT_TRUE(client.send(post_request(text)));
  EXPECT_EQ(body_of(client.read_response()), text);
}

// Nobody is told to send a body that will not be read.
TEST_F(ContentCoding, UnknownCodingIsRefusedBeforeContinue) {
  RawClient client(server_.port());
  ASSERT_TRUE(
      client.send("POST /wsman HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Encoding: br\r\n"
                  "Content-Length: 5\r\n\r\n"));
  EXPECT_EQ(status_of(client.read_response()), 415);
}

}  // namespace
}  // namespace muster::http
