// SPDX-License-Identifier: GPL-2.0-or-later
// Slow peers and slow handlers: each phase of a connection ends at its deadline. Every test waits for the
// socket to close.
#include "tests/core/http/https_fixture.h"

namespace muster::http {
namespace {

using namespace testing;
using std::chrono::seconds;
using std::chrono::steady_clock;

// Generous, for a loaded machine: the point is that it is not the next larger deadline.
constexpr seconds kSoon{8};

TEST(Deadlines, ASilentConnectionEndsInTheHandshake) {
  RunningServer server(&echo, Limits{.handshake = seconds(1)});
  const auto start = steady_clock::now();
  const Fd socket = connected_socket(server.port());
  char byte = 0;
  EXPECT_EQ(::recv(socket.get(), &byte, 1, 0), 0);
  EXPECT_GE(steady_clock::now() - start, seconds(1));
  EXPECT_LT(steady_clock::now() - start, kSoon);
  EXPECT_EQ(server.statistics().handshake_failures, 1U);
}

// A byte now and then must not buy time: the deadline is for the whole head.
TEST(Deadlines, ADrippingHeadGets408) {
  RunningServer server(&echo, Limits{.head = seconds(1)});
  const auto start = steady_clock::now();
  RawClient client(server.port());
  client.patience(timeval{0, 100'000});
  client.send("POST / HTTP/1.1\r\nX-Drip: ");
  std::string all;
  while (all.empty() && steady_clock::now() < start + kSoon && client.send("x")) all = client.read_once();
  EXPECT_EQ(status_of(all), 408) << all;
  EXPECT_LT(steady_clock::now() - start, kSoon);
}

TEST(Deadlines, ABodyThatDoesNotComeGets408) {
  RunningServer server(&echo, Limits{.body = seconds(1)});
  RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
  const auto all = client.read_to_end();
  EXPECT_EQ(status_of(all), 408) << all;
}

TEST(Deadlines, AVerdictThatDoesNotComeGets503AndIsHarmlessLater) {
  std::promise<Decide> verdict;
  RunningServer server([&](const Head&, const Peer&, const Decide& decide) { verdict.set_value(decide); },
                       Limits{.response = seconds(1)});
  RawClient client(server.port());
  client.send(post_request("x"));
  const auto all = client.read_to_end();
  EXPECT_EQ(status_of(all), 503) << all;
  server.in_loop([&] { echo({}, {}, verdict.get_future().get()); });
  client.end_with_fin();
  EXPECT_TRUE(server.becomes_empty());
}

TEST(Deadlines, AnAnswerThatDoesNotComeGets503AndIsHarmlessLater) {
  std::promise<Respond> answer;
  RunningServer server(
      [&](const Head&, const Peer&, const Decide& decide) {
        decide(Serve([&](const Request&, const Respond& respond) { answer.set_value(respond); }));
      },
      Limits{.response = seconds(1)});
  RawClient client(server.port());
  client.send(post_request("x"));
  const auto all = client.read_to_end();
  EXPECT_EQ(status_of(all), 503) << all;
  server.in_loop([&] { answer.get_future().get()(Response{}); });
  client.end_with_fin();
  EXPECT_TRUE(server.becomes_empty());
}

// The deadline of the whole body is half a minute; who drips is given up long before.
TEST(Deadlines, ADrippingBodyGets408WhenItsGraceIsOver) {
  RunningServer server(&echo, Limits{.slow_grace = seconds(1)});
  const auto start = steady_clock::now();
  RawClient client(server.port());
  client.patience(timeval{0, 100'000});
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  std::string all;
  while (all.empty() && steady_clock::now() < start + kSoon && client.send("x")) all = client.read_once();
  EXPECT_EQ(status_of(all), 408) << all;
  EXPECT_LT(steady_clock::now() - start, kSoon);
}

// A kilobyte in a tenth of a second earns a second: it is slow and may go on.
TEST(Deadlines, ABodyThatKeepsThePaceIsReadThoughItTakesLongerThanItsGrace) {
  RunningServer server(&echo, Limits{.slow_grace = seconds(1)});
  RawClient client(server.port());
  client.patience(timeval{0, 100'000});
  const std::string part(2048, 'x');
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40960\r\n\r\n");
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(client.send(part));
    if (i == 19) break;
    ASSERT_EQ(client.read_once(), "");  // a tenth of a second
  }
  client.patience(timeval{20, 0});
  EXPECT_EQ(status_of(client.read_response()), 200);
}

TEST(Deadlines, AClientThatDripsItsReadingIsCutOff) {
  RunningServer server(
      [](const Head&, const Peer&, const Decide& decide) {
        decide(Serve([](const Request&, const Respond& respond) {
          Response response;
          response.body.assign(std::size_t{32} << 20U, 'x');
          respond(std::move(response));
        }));
      },
      Limits{.slow_grace = seconds(1), .slow_bytes_per_second = std::size_t{64} << 20U});
  RawClient client(server.port());
  client.send(post_request("x"));
  EXPECT_NE(client.read_once(), "");
  EXPECT_TRUE(server.becomes_empty());
}

// The client asks for more than the socket buffers hold and reads nothing.
TEST(Deadlines, AClientThatDoesNotReadIsCutOff) {
  RunningServer server(
      [](const Head&, const Peer&, const Decide& decide) {
        decide(Serve([](const Request&, const Respond& respond) {
          Response response;
          response.body.assign(std::size_t{32} << 20U, 'x');
          respond(std::move(response));
        }));
      },
      Limits{.response = seconds(1)});
  RawClient client(server.port());
  client.send(post_request("x"));
  EXPECT_TRUE(server.becomes_empty());
}

TEST(Deadlines, AnIdleConnectionIsClosedProperly) {
  RunningServer server(&echo, Limits{.idle = seconds(1)});
  RawClient client(server.port());
  client.send(post_request("x"));
  EXPECT_EQ(body_of(client.read_response()), "x");
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_TRUE(server.becomes_empty());
}

}  // namespace
}  // namespace muster::http
