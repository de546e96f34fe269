// SPDX-License-Identifier: GPL-2.0-or-later
// More connections than there are places: who stays, who goes, and whom a source's bad name costs the next one.
#include <deque>

#include <poll.h>

#include "tests/core/http/https_fixture.h"

namespace muster::http {
namespace {

using namespace testing;
using std::chrono::seconds;

constexpr int kMostOffences = 60;  // fifteen are too many at once; while they come, time passes
constexpr in_addr_t kElsewhere = INADDR_LOOPBACK + 6;

std::shared_ptr<tls::Context> certified_client() {
  static const Identity kPoller(tls::testing::our_authority(), {"poller.example"}, tls::Purpose::client);
  return client_context(tls::testing::our_authority(), &kPoller);
}

// Lets in whoever shows a certificate or says so; the path "/anybody" serves strangers.
void let_in(const Head& head, const Peer& peer, const Decide& decide) {
  const Serve serve = [](Request request, const Respond& respond) {
    Response response;
    response.body = std::move(request.body);
    respond(std::move(response));
  };
  if (head.target == "/anybody") return decide(ServeStranger{serve});
  if (peer.certificate || head.field("Authorization") != nullptr) return decide(serve);
  Response refusal;
  refusal.status = 401;
  refusal.close = true;
  decide(std::move(refusal));
}

bool asks_well(RawClient& client, std::string_view fields = "") {
  return client.ready() && client.send(post_request("x", fields)) && status_of(client.read_response()) == 200;
}

Limits crowded() {
  Limits limits;
  limits.connections = 20;
  limits.connections_reserved = 4;
  limits.early_drop = {8, 30, 8};
  return limits;
}

TEST(Crowd, SilentStrangersMakeRoomForACertificateHoweverManyTheyAre) {
  RunningServer server(&let_in, crowded());
  std::deque<Fd> silent;
  for (int i = 0; i < 100; ++i) {
    silent.push_back(connected_socket(server.port(), kElsewhere + static_cast<in_addr_t>(i % 2)));
    if (i % 10 != 9) continue;
    RawClient control(server.port(), certified_client());
    EXPECT_TRUE(asks_well(control)) << i;
  }
  const auto now = server.statistics();
  EXPECT_LE(now.strangers, 8U);
  EXPECT_GE(now.displaced, 90U);
  EXPECT_EQ(now.refused, 0U);
}

TEST(Crowd, OneSourcesOwnStrangersMakeRoomForItsCertificate) {
  Limits limits = crowded();
  limits.early_drop = {1000, 30, 1000};
  limits.connections_per_source = 3;
  RunningServer server(&let_in, limits);
  std::deque<Fd> silent;
  for (int i = 0; i < 10; ++i) silent.push_back(connected_socket(server.port()));
  RawClient control(server.port(), certified_client());
  EXPECT_TRUE(asks_well(control));
  const auto now = server.statistics();
  EXPECT_EQ(now.open, 3U);
  EXPECT_EQ(now.refused, 0U);
}

// As many as there are, and not the share of an unknown source: it has time for its next handshake.
TEST(Crowd, TheAddressOfACertificateIsBoundByThePlacesAlone) {
  Limits limits = crowded();
  limits.connections_per_source = 3;
  RunningServer server(&let_in, limits);
  RawClient control(server.port(), certified_client());
  EXPECT_TRUE(asks_well(control));
  std::deque<Fd> silent;
  for (int i = 0; i < 30; ++i) silent.push_back(connected_socket(server.port()));
  while (server.statistics().accepted < 31) std::this_thread::yield();
  EXPECT_EQ(server.statistics().open, limits.connections);
  EXPECT_TRUE(asks_well(control));
  RawClient next(server.port(), certified_client());
  EXPECT_TRUE(asks_well(next));
}

TEST(Crowd, WhoeverWasLetInIsNotDisplaced) {
  RunningServer server(&let_in, crowded());
  RawClient basic(server.port());
  RawClient control(server.port(), certified_client());
  EXPECT_TRUE(asks_well(basic, "Authorization: yes\r\n"));
  EXPECT_TRUE(asks_well(control));
  std::deque<Fd> silent;
  for (int i = 0; i < 50; ++i) silent.push_back(connected_socket(server.port()));
  EXPECT_TRUE(asks_well(basic, "Authorization: yes\r\n"));
  EXPECT_TRUE(asks_well(control));
}

TEST(Crowd, WhoeverSaidNothingGoesBeforeWhoeverIsAsking) {
  RunningServer server(&let_in, crowded());
  RawClient asking(server.port());
  ASSERT_TRUE(asking.send("POST /wsman HTTP/1.1\r\nHost: a\r\n"));
  std::deque<Fd> silent;
  for (int i = 0; i < 50; ++i) silent.push_back(connected_socket(server.port()));
  while (server.statistics().displaced < 40) std::this_thread::yield();
  ASSERT_TRUE(asking.send("Authorization: yes\r\nContent-Length: 1\r\n\r\nx"));
  EXPECT_EQ(status_of(asking.read_response()), 200);
}

// A connection from here that is new, and twenty from elsewhere that are further on, of which `displaced` at least go.
void expect_greeting_outlives_those_that_ask(RunningServer& server, std::uint64_t displaced) {
  const Fd greeting = connected_socket(server.port());
  while (server.statistics().strangers < 1) std::this_thread::yield();
  std::deque<RawClient> asking;
  for (int i = 0; i < 20; ++i) {
    asking.emplace_back(server.port(), client_context(), kElsewhere).send("POST /wsman HTTP/1.1\r\n");
  }
  EXPECT_GE(server.statistics().displaced, displaced);
  pollfd ended{greeting.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&ended, 1, 0), 0) << "the connection is still open";
}

// As in a guessing of passwords from many sources, all of whose connections are further on than a new one.
TEST(Crowd, ASourceFromWhereSomebodyWasLetInKeepsItsHandshakeAgainstThoseThatAsk) {
  RunningServer server(&let_in, crowded());
  {
    RawClient basic(server.port());
    EXPECT_TRUE(asks_well(basic, "Authorization: yes\r\n"));
  }
  expect_greeting_outlives_those_that_ask(server, 10);
}

TEST(Crowd, AnUnknownSourceKeepsItsHandshakeAgainstThoseThatHaveFailed) {
  Limits limits = crowded();
  limits.penalties.sources = 100;
  RunningServer server(&let_in, limits);
  for (int i = 0; i < 3; ++i) {
    RawClient failing(server.port(), client_context(), kElsewhere);
    failing.send(post_request("x"));
    EXPECT_EQ(status_of(failing.read_to_end()), 401);
    failing.end_with_fin();
  }
  ASSERT_TRUE(server.becomes_empty());
  expect_greeting_outlives_those_that_ask(server, 5);
}

TEST(Crowd, TheReservedPlacesAreForCertificatesAlone) {
  Limits limits = crowded();
  limits.connections = 6;
  limits.early_drop = {100, 30, 100};
  RunningServer server(&let_in, limits);
  RawClient first(server.port());
  RawClient second(server.port());
  EXPECT_TRUE(asks_well(first, "Authorization: yes\r\n"));
  EXPECT_TRUE(asks_well(second, "Authorization: yes\r\n"));
  RawClient third(server.port());
  EXPECT_FALSE(asks_well(third, "Authorization: yes\r\n"));
  EXPECT_EQ(server.statistics().refused, 1U);
  std::deque<RawClient> certified;
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(asks_well(certified.emplace_back(server.port(), certified_client())));
  }
  EXPECT_EQ(server.statistics().certified, 4U);
  EXPECT_TRUE(asks_well(first, "Authorization: yes\r\n"));
}

// The handshake is done, no request comes: ten seconds by default, and not the minute of a connection that was let in.
TEST(Crowd, AStrangerMayNotIdle) {
  Limits limits;
  limits.head = seconds(1);
  RunningServer server(&let_in, limits);
  RawClient stranger(server.port());
  RawClient control(server.port(), certified_client());
  EXPECT_TRUE(asks_well(control));
  EXPECT_EQ(stranger.read_to_end(), "");
  EXPECT_TRUE(asks_well(control));
}

TEST(Crowd, ASourceOfConnectionsWithoutALoginIsRefusedAndOthersAreNot) {
  Limits limits;
  limits.penalties.sources = 100;
  RunningServer server(&let_in, limits);
  int free_of_charge = 0;
  for (; free_of_charge < kMostOffences; ++free_of_charge) {
    RawClient client(server.port());
    if (!client.ready()) break;
    client.send(post_request("x"));
    EXPECT_EQ(status_of(client.read_to_end()), 401);
    client.end_with_fin();
    ASSERT_TRUE(server.becomes_empty());
  }
  EXPECT_GE(free_of_charge, 15);
  EXPECT_LT(free_of_charge, kMostOffences);
  EXPECT_EQ(server.statistics().penalised, 1U);
  RawClient other(server.port(), client_context(), kElsewhere);
  EXPECT_TRUE(asks_well(other, "Authorization: yes\r\n"));
}

TEST(Crowd, BrokenTlsCountsLikeNoLogin) {
  Limits limits;
  limits.penalties.sources = 100;
  RunningServer server(&let_in, limits);
  for (int i = 0; i < kMostOffences && server.statistics().penalised == 0; ++i) {
    const Fd socket = connected_socket(server.port());
    ::send(socket.get(), "GET / HTTP/1.0\r\n\r\n", 18, MSG_NOSIGNAL);
    char byte = 0;
    while (::recv(socket.get(), &byte, 1, 0) > 0) {
    }
  }
  EXPECT_EQ(server.statistics().penalised, 1U);
}

TEST(Crowd, ALoginOrAServedStrangerOrACertificateKeepsASourceWell) {
  Limits limits;
  limits.penalties.sources = 100;
  RunningServer server(&let_in, limits);
  for (int i = 0; i < 20; ++i) {
    RawClient stranger(server.port());
    stranger.send("POST /anybody HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
    EXPECT_EQ(status_of(stranger.read_to_end()), 200);
  }
  for (int i = 0; i < 20; ++i) {  // as clients do that send credentials only when they are asked to
    RawClient refused(server.port());
    refused.send(post_request("x"));
    EXPECT_EQ(status_of(refused.read_to_end()), 401);
    refused.end_with_fin();
    RawClient basic(server.port());
    EXPECT_TRUE(asks_well(basic, "Authorization: yes\r\n")) << i;
  }
  {
    RawClient control(server.port(), certified_client());
    EXPECT_TRUE(asks_well(control));
  }
  for (int i = 0; i < 30; ++i) RawClient(server.port()).end_with_reset();
  RawClient control(server.port(), certified_client());
  EXPECT_TRUE(asks_well(control));
  EXPECT_EQ(server.statistics().penalised, 0U);
}

TEST(Crowd, FollowsNewLimitsWithoutEndingWhatIsOpen) {
  Limits limits;
  RunningServer server(&let_in, limits);
  RawClient first(server.port());
  RawClient second(server.port());
  EXPECT_TRUE(asks_well(first, "Authorization: yes\r\n"));
  EXPECT_TRUE(asks_well(second, "Authorization: yes\r\n"));
  limits.connections = 1;
  server.in_loop([&] { server.server().follow(limits); });
  EXPECT_FALSE(RawClient(server.port()).ready());
  EXPECT_TRUE(asks_well(first, "Authorization: yes\r\n"));
  EXPECT_TRUE(asks_well(second, "Authorization: yes\r\n"));
}

}  // namespace
}  // namespace muster::http
