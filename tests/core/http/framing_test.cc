// SPDX-License-Identifier: GPL-2.0-or-later
// What the server does with requests that break HTTP, come in pieces, or stop.
#include <atomic>

#include "tests/core/http/https_fixture.h"

namespace muster::http {
namespace {

using namespace testing;

constexpr Limits kSmall = {.head_bytes = 512, .head_fields = 8, .body_bytes = 100};

struct Case {
  const char* name;
  std::string request;
  int status;
};

std::string with_fields(std::string_view fields, std::string_view body = "") {
  return "POST /wsman HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

std::vector<Case> broken_requests() {
  std::string many;
  for (int i = 0; i < 9; ++i) many += "X-Number: " + std::to_string(i) + "\r\n";
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  return {
      {"head too large", with_fields("X-Long: " + std::string(600, 'x') + "\r\n"), 431},
      {"head too large and without an end", "POST /" + std::string(600, 'x'), 431},
      {"too many fields", with_fields(many), 431},
      {"body too large", with_fields("Content-Length: 101\r\n"), 413},
      {"length beyond 64 bits", with_fields("Content-Length: 99999999999999999999\r\n"), 400},
      {"chunks too large together", with_fields(chunked, "40\r\n" + std::string(64, 'x') + "\r\n40\r\n"),
       413},
      {"one chunk too large", with_fields(chunked, "FFFFFFFF\r\n"), 413},
      {"chunk size beyond 64 bits", with_fields(chunked, "FFFFFFFFFFFFFFFFFF\r\n"), 400},
      {"length then chunked", with_fields("Content-Length: 3\r\n" + chunked, "abc"), 400},
      {"chunked then length", with_fields(chunked + "Content-Length: 3\r\n", "abc"), 400},
      {"two lengths", with_fields("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"), 400},
      {"the same length twice", with_fields("Content-Length: 3\r\ncontent-length: 3\r\n", "abc"), 400},
      {"list of lengths", with_fields("Content-Length: 3, 3\r\n", "abc"), 400},
      {"negative length", with_fields("Content-Length: -1\r\n"), 400},
      {"signed length", with_fields("Content-Length: +3\r\n", "abc"), 400},
      {"hexadecimal length", with_fields("Content-Length: 0x3\r\n", "abc"), 400},
      {"empty length", with_fields("Content-Length:\r\n"), 400},
      {"two encodings", with_fields(chunked + chunked), 400},
      {"list of encodings", with_fields("Transfer-Encoding: gzip, chunked\r\n"), 400},
      {"chunked not last", with_fields("Transfer-Encoding: chunked, identity\r\n"), 400},
      {"unknown encoding", with_fields("Transfer-Encoding: xchunked\r\n"), 400},
      {"quoted encoding", with_fields("Transfer-Encoding: \"chunked\"\r\n"), 400},
      {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"space before the colon", with_fields("Content-Length : 3\r\n", "abc"), 400},
      {"folded line", with_fields("X-A: 1\r\n 2\r\n"), 400},
      {"folded with a tab", with_fields("X-A: 1\r\n\t2\r\n"), 400},
      {"line without a name", with_fields(": 1\r\n"), 400},
      {"line without a colon", with_fields("nonsense\r\n"), 400},
      {"bare line feed", with_fields("X-A: 1\nContent-Length: 3\r\n", "abc"), 400},
      {"bare carriage return", with_fields("X-A: 1\rX-B: 2\r\n"), 400},
      {"NUL in a value", with_fields(std::string("X-A: 1\0002\r\n", 10)), 400},
      {"byte above ASCII", with_fields("X-A: \xc3\xa4\r\n"), 400},
      {"no Host", "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 400},
      {"two Hosts", with_fields("Host: b\r\n"), 400},
      {"two Authorizations", with_fields("Authorization: Basic YQ==\r\nAuthorization: Basic Yg==\r\n"), 400},
      {"unknown expectation", with_fields("Expect: 200-ok\r\nContent-Length: 3\r\n"), 417},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\nHost: a\r\n\r\nSM\r\n\r\n", 505},
      {"no version", "POST /\r\nHost: a\r\n\r\n", 400},
      {"no target", "POST HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"nothing but empty lines", "\r\n\r\n\r\n\r\n", 400},
      {"not HTTP", "<s:Envelope>\r\n\r\n", 400},
      {"chunk without a size", with_fields(chunked, "xyz\r\n"), 400},
      {"chunk longer than it says", with_fields(chunked, "2\r\nabc\r\n0\r\n\r\n"), 400},
      {"chunk line without an end", with_fields(chunked, "1;" + std::string(600, 'x')), 400},
  };
}

TEST(Framing, ABrokenRequestGetsItsStatusAndEndsTheConnection) {
  std::atomic<int> served = 0;
  RunningServer server(
      [&](const Head&, const Peer&, const Decide& decide) {
        decide(Serve([&](const Request&, const Respond& respond) {
          ++served;
          respond(Response{});
        }));
      },
      kSmall);
  for (const auto& [name, request, status] : broken_requests()) {
    SCOPED_TRACE(name);
    RawClient client(server.port());
    ASSERT_TRUE(client.ready());
    // What follows must not be taken for a request.
    client.send(request + "POST /smuggled HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    const auto all = client.read_to_end();
    EXPECT_EQ(status_of(all), status) << all;
    EXPECT_NE(all.find("Connection: close"), std::string::npos);
    EXPECT_EQ(all.find("HTTP/1.1", 1), std::string::npos) << "a second answer";
  }
  EXPECT_EQ(served, 0);
  EXPECT_TRUE(server.becomes_empty());
}

TEST(Framing, UnusualButCorrectRequestsAreServed) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {with_fields("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n4;ext=\"x\"\r\ndefg\r\n0\r\n\r\n"),
       "abcdefg"},
      {with_fields("transfer-encoding: Chunked\r\n", "1\r\na\r\n0\r\nX-Trailer: 1\r\n\r\n"), "a"},
      {with_fields("Content-Length: 100\r\n", std::string(100, 'x')), std::string(100, 'x')},
      {with_fields("Content-Length: 0\r\n"), ""},
      {with_fields(""), ""},
      {with_fields("X-Empty:\r\nContent-Length:   3  \r\n", "abc"), "abc"},
      {"\r\n" + with_fields("Content-Length: 1\r\n", "x"), "x"},
      {"GET /wsman?a=b HTTP/1.1\r\nHost: a\r\n\r\n", ""},
      {"POST https://a:1270/wsman HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\ny", "y"},
  };
  RunningServer server(&echo, kSmall);
  RawClient client(server.port());
  for (const auto& [request, body] : cases) {
    SCOPED_TRACE(request);
    client.send(request);
    const auto response = client.read_response();
    EXPECT_EQ(status_of(response), 200) << response;
    EXPECT_EQ(body_of(response), body);
  }
  EXPECT_EQ(server.statistics().accepted, 1U);
}

TEST(Framing, Http10IsServedAndClosedUnlessKeepAliveIsAsked) {
  RunningServer server;
  RawClient client(server.port());
  client.send("POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na");
  EXPECT_EQ(body_of(client.read_response()), "a");
  client.send("POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\nb");
  EXPECT_EQ(body_of(client.read_to_end()), "b");
}

TEST(Framing, ConnectionCloseIsHonoured) {
  RunningServer server;
  RawClient client(server.port());
  client.send(post_request("x", "Connection: close\r\n"));
  EXPECT_EQ(body_of(client.read_to_end()), "x");
}

TEST(Framing, OneByteAtATime) {
  RunningServer server;
  RawClient client(server.port());
  for (const std::string& request :
       {post_request("abc"), with_fields("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n")}) {
    for (const char byte : request) ASSERT_TRUE(client.send({&byte, 1}));
    EXPECT_EQ(body_of(client.read_response()), "abc");
  }
}

// Beast asserts when its last chunk comes in pieces of less than five bytes.
TEST(Framing, AnEmptyChunkedBodyOneByteAtATime) {
  RunningServer server;
  RawClient client(server.port());
  for (const char byte : with_fields("Transfer-Encoding: chunked\r\n", "0\r\n\r\n")) {
    ASSERT_TRUE(client.send({&byte, 1}));
  }
  EXPECT_EQ(status_of(client.read_response()), 200);
}

enum class End { fin, reset };

class Prefixes : public ::testing::TestWithParam<End> {};

TEST_P(Prefixes, EveryPrefixOfARequestThenTheEndLeavesNothingBehind) {
  std::atomic<int> served = 0;
  RunningServer server([&](const Head& head, const Peer& peer, const Decide& decide) {
    ++served;
    echo(head, peer, decide);
  });
  const std::vector<std::string> golden = {
      post_request("abc", "Expect: 100-continue\r\n"),
      with_fields("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n"),
  };
  for (const auto& request : golden) {
    for (std::size_t size = 0; size < request.size(); ++size) {
      RawClient client(server.port());
      ASSERT_TRUE(client.ready()) << size;
      ASSERT_TRUE(client.send(std::string_view(request).substr(0, size)));
      if (GetParam() == End::reset) {
        client.end_with_reset();
        continue;
      }
      client.end_with_fin();
      const auto answer = client.read_to_end();
      ASSERT_TRUE(answer.empty() || answer == "HTTP/1.1 100 Continue\r\n\r\n") << size << ": " << answer;
    }
  }
  EXPECT_TRUE(server.becomes_empty());
}

INSTANTIATE_TEST_SUITE_P(Framing, Prefixes, ::testing::Values(End::fin, End::reset),
                         [](const auto& end) { return end.param == End::fin ? "fin" : "reset"; });

}  // namespace
}  // namespace muster::http
