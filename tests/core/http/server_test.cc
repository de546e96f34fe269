// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/server.h"

#include <atomic>
#include <deque>

#include <gmock/gmock.h>

#include "tests/core/http/https_fixture.h"

namespace muster::http {
namespace {

using namespace testing;

TEST(Server, KeepsAConnectionForAHundredRequests) {
  RunningServer server;
  RawClient client(server.port());
  ASSERT_TRUE(client.ready());
  for (int i = 0; i < 100; ++i) {
    const std::string body = "request " + std::to_string(i);
    ASSERT_TRUE(client.send(post_request(body)));
    const auto response = client.read_response();
    ASSERT_EQ(status_of(response), 200) << response;
    ASSERT_EQ(body_of(response), body);
    ASSERT_EQ(response.find("Connection: close"), std::string::npos);
  }
  const auto statistics = server.statistics();
  EXPECT_EQ(statistics.accepted, 1U);
  EXPECT_EQ(statistics.requests, 100U);
  EXPECT_EQ(statistics.open, 1U);
}

TEST(Server, SendsASmallResponseInOneRecord) {
  RunningServer server;
  RawClient client(server.port());
  client.send(post_request(std::string(3000, 'x')));
  const auto record = client.read_once();
  EXPECT_EQ(status_of(record), 200);
  EXPECT_EQ(body_of(record).size(), 3000U);
}

TEST(Server, CarriesALargeBodyBothWays) {
  RunningServer server;
  RawClient client(server.port());
  std::string body(std::size_t{512} * 1024, 'b');
  body.back() = 'e';
  ASSERT_TRUE(client.send(post_request(body)));
  EXPECT_TRUE(body_of(client.read_response()) == body);  // not EXPECT_EQ: it would print both
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  RunningServer server;
  RawClient client(server.port());
  std::string all;
  for (int i = 0; i < 200; ++i) all += post_request(std::to_string(i));
  ASSERT_TRUE(client.send(all));
  for (int i = 0; i < 200; ++i) ASSERT_EQ(body_of(client.read_response()), std::to_string(i));
}

TEST(Server, ListensOnIpv6) {
  RunningServer server(&echo, {}, server_context(loopback_identity()), "::1");
  Fd socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  address.sin6_port = htons(server.port());
  ASSERT_EQ(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const auto context = client_context();
  const tls::ConnectionHandle ssl(SSL_new(context->get()));
  SSL_set_fd(ssl.get(), socket.get());
  EXPECT_EQ(SSL_connect(ssl.get()), 1);
}

TEST(Server, ShowsWhoThePeerIs) {
  std::promise<Peer> with;
  std::promise<Peer> without;
  RunningServer server([&](const Head& head, const Peer& peer, const Decide& decide) {
    (head.target == "/with" ? with : without).set_value(peer);
    decide(Response{});
  });
  const Identity poller(tls::testing::our_authority(), {"poller.example"}, tls::Purpose::client);
  RawClient known(server.port(), client_context(tls::testing::our_authority(), &poller));
  known.send("GET /with HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(status_of(known.read_response()), 200);
  RawClient unknown(server.port());
  unknown.send("GET /without HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(status_of(unknown.read_response()), 200);

  const auto peer = with.get_future().get();
  EXPECT_EQ(peer.address, "127.0.0.1");
  ASSERT_TRUE(peer.certificate.has_value());
  EXPECT_EQ(peer.certificate->sha256(), poller.chain.front().sha256());
  EXPECT_FALSE(without.get_future().get().certificate.has_value());
}

TEST(Server, RefusesACertificateOfAnotherAuthorityInTheHandshake) {
  std::atomic<int> asked = 0;
  RunningServer server([&](const Head&, const Peer&, const Decide& decide) {
    ++asked;
    decide(Response{});
  });
  const Authority other("Other");
  const Identity stranger(other, {"poller.example"}, tls::Purpose::client);
  RawClient client(server.port(), client_context(tls::testing::our_authority(), &stranger));
  client.send(post_request(""));
  EXPECT_EQ(client.read_to_end(), "");
  client.end_with_fin();
  EXPECT_TRUE(server.becomes_empty());
  EXPECT_EQ(server.statistics().handshake_failures, 1U);
  EXPECT_EQ(asked, 0);
}

TEST(Server, SendsContinueOnlyAfterTheVerdict) {
  std::promise<Decide> verdict;
  RunningServer server([&](const Head&, const Peer&, const Decide& decide) { verdict.set_value(decide); });
  RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  const auto decide = verdict.get_future().get();
  EXPECT_EQ(server.statistics().requests, 1U);  // it waits, and has sent nothing: the next bytes tell
  server.in_loop([&] { echo({}, {}, decide); });
  EXPECT_EQ(client.read_response(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_EQ(body_of(client.read_response()), "body");
}

TEST(Server, RefusesWithoutContinueAndWithoutReadingTheBody) {
  RunningServer server([](const Head&, const Peer&, const Decide& decide) {
    Response refusal;
    refusal.status = 401;
    decide(std::move(refusal));
  });
  RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 400\r\n\r\n");
  const auto response = client.read_to_end();
  EXPECT_EQ(status_of(response), 401);
  EXPECT_NE(response.find("Connection: close"), std::string::npos);
}

TEST(Server, ARefusalArrivesAlthoughTheBodyIsStillBeingSent) {
  RunningServer server([](const Head&, const Peer&, const Decide& decide) {
    Response refusal;
    refusal.status = 401;
    decide(std::move(refusal));
  });
  RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\n");
  client.send(std::string(400000, 'x'));
  EXPECT_EQ(status_of(client.read_to_end()), 401);
}

TEST(Server, LateVerdictAndLateResponseOfAClientThatLeftDoNothing) {
  std::promise<Decide> verdict;
  std::promise<Respond> answer;
  std::atomic<bool> decided_at_once = false;
  RunningServer server([&](const Head&, const Peer&, const Decide& decide) {
    if (!decided_at_once) return verdict.set_value(decide);
    decide(Serve([&](const Request&, const Respond& respond) { answer.set_value(respond); }));
  });
  {
    RawClient client(server.port());
    client.send(post_request("x"));
    const auto decide = verdict.get_future().get();
    client.end_with_reset();
    server.in_loop([&] { echo({}, {}, decide); });
    EXPECT_TRUE(server.becomes_empty());
  }
  decided_at_once = true;
  RawClient client(server.port());
  client.send(post_request("x"));
  const auto respond = answer.get_future().get();
  client.end_with_reset();
  server.in_loop([&] { respond(Response{}); });
  EXPECT_TRUE(server.becomes_empty());
}

TEST(Server, VerdictAfterTheServerIsGoneDoesNothing) {
  std::promise<Decide> verdict;
  Decide late;
  {
    RunningServer server([&](const Head&, const Peer&, const Decide& decide) { verdict.set_value(decide); });
    RawClient client(server.port());
    client.send(post_request("x"));
    late = verdict.get_future().get();
  }
  late(Response{});
}

TEST(Server, TakesNoMoreConnectionsThanAllowed) {
  RunningServer server(&echo, Limits{.connections = 2});
  RawClient first(server.port());
  auto second = std::make_unique<RawClient>(server.port());
  EXPECT_FALSE(RawClient(server.port()).ready());
  EXPECT_EQ(server.statistics().refused, 1U);
  EXPECT_EQ(server.statistics().open, 2U);
  second.reset();
  while (server.statistics().open > 1) std::this_thread::yield();
  EXPECT_TRUE(RawClient(server.port()).ready());
}

TEST(Server, CountsConnectionsPerSource) {
  RunningServer server(&echo, Limits{.connections_per_source = 1});
  RawClient first(server.port());
  EXPECT_TRUE(first.ready());
  EXPECT_FALSE(RawClient(server.port()).ready());
  EXPECT_TRUE(RawClient(server.port(), client_context(), INADDR_LOOPBACK + 1).ready());
  EXPECT_EQ(server.statistics().refused, 1U);
}

TEST(Server, ReloadConcernsNewConnectionsOnly) {
  RunningServer server;
  RawClient old(server.port());
  const Identity renewed(tls::testing::our_authority(), kLoopbackNames, tls::Purpose::agent);
  server.in_loop([&] { server.server().reload(server_context(renewed)); });
  RawClient fresh(server.port());
  EXPECT_EQ(old.server_certificate_sha256(), loopback_identity().chain.front().sha256());
  EXPECT_EQ(fresh.server_certificate_sha256(), renewed.chain.front().sha256());
  for (auto* client : {&old, &fresh}) {
    client->send(post_request("still here"));
    EXPECT_EQ(body_of(client->read_response()), "still here");
  }
}

TEST(Server, ConnectionsOfCertificatesThatCountNoMoreEndAfterTheRequestInWork) {
  std::promise<Respond> answer;
  RunningServer server([&](const Head&, const Peer&, const Decide& decide) {
    decide(Serve([&](const Request&, const Respond& respond) { answer.set_value(respond); }));
  });
  const Identity kept(tls::testing::our_authority(), {"kept"}, tls::Purpose::client);
  const Identity gone(tls::testing::our_authority(), {"gone"}, tls::Purpose::client);
  RawClient stranger(server.port());
  RawClient good(server.port(), client_context(tls::testing::our_authority(), &kept));
  RawClient idle(server.port(), client_context(tls::testing::our_authority(), &gone));
  RawClient busy(server.port(), client_context(tls::testing::our_authority(), &gone));
  for (auto* client : {&stranger, &good, &idle, &busy}) ASSERT_TRUE(client->ready());
  busy.send(post_request("x"));
  const auto respond = answer.get_future().get();
  const auto trusted = kept.chain.front().sha256();
  server.in_loop([&] {
    server.server().keep_only([&](const tls::Certificate& each) { return each.sha256() == trusted; });
  });
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_EQ(server.statistics().open, 3U);
  server.in_loop([&] { respond(Response{}); });
  EXPECT_THAT(busy.read_to_end(), ::testing::HasSubstr("Connection: close"));
}

// For so many seconds from now, less the part of the last one.
Identity short_lived(std::chrono::seconds time) {
  const auto& authority = tls::testing::our_authority();
  Identity identity(authority, {"client"}, tls::Purpose::client);
  const tls::Certificate forged = tls::testing::forge(
      identity.key, {.extensions = tls::testing::leaf_extensions(nullptr, "clientAuth")}, authority.signer());
  X509_gmtime_adj(X509_getm_notAfter(forged.get()), time.count());
  X509_sign(forged.get(), authority.issuing_key.get(), EVP_sha256());
  identity.chain.front() = forged;
  return identity;
}

TEST(Server, AConnectionEndsWhenTheCertificateOfItsClientDoes) {
  std::promise<Respond> answer;
  RunningServer server([&](const Head&, const Peer& peer, const Decide& decide) {
    EXPECT_TRUE(peer.certificate);
    decide(Serve([&](const Request&, const Respond& respond) { answer.set_value(respond); }));
  });
  const Identity brief = short_lived(std::chrono::seconds(3));
  const Identity lasting(tls::testing::our_authority(), {"lasting"}, tls::Purpose::client);
  RawClient busy(server.port(), client_context(tls::testing::our_authority(), &brief));
  RawClient idle(server.port(), client_context(tls::testing::our_authority(), &brief));
  RawClient stays(server.port(), client_context(tls::testing::our_authority(), &lasting));
  for (auto* client : {&busy, &idle, &stays}) ASSERT_TRUE(client->ready());
  busy.send(post_request("x"));
  const auto respond = answer.get_future().get();
  EXPECT_EQ(server.statistics().open, 3U);
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_EQ(server.statistics().open, 2U) << "who is at work is let finish";
  server.in_loop([&] { respond(Response{}); });
  EXPECT_THAT(busy.read_to_end(), ::testing::HasSubstr("Connection: close"));
}

TEST(Server, DrainFinishesWhatIsInWorkAndClosesTheRest) {
  std::promise<void> drained;
  std::promise<Respond> answer;
  RunningServer server([&](const Head&, const Peer&, const Decide& decide) {
    decide(Serve([&](const Request&, const Respond& respond) { answer.set_value(respond); }));
  });
  RawClient idle(server.port());
  RawClient busy(server.port());
  busy.send(post_request("x"));
  const auto respond = answer.get_future().get();
  server.in_loop([&] { server.server().drain(std::chrono::seconds(20), [&] { drained.set_value(); }); });
  EXPECT_EQ(idle.read_to_end(), "");
  server.in_loop([&] { respond(Response{}); });
  const auto response = busy.read_to_end();
  EXPECT_EQ(status_of(response), 200);
  EXPECT_NE(response.find("Connection: close"), std::string::npos);
  busy.end_with_fin();
  drained.get_future().wait();
  EXPECT_EQ(server.statistics().open, 0U);
}

TEST(Server, DrainEndsAtItsDeadlineAlthoughARequestIsInWork) {
  std::promise<void> drained;
  std::promise<void> asked;
  RunningServer server([&](const Head&, const Peer&, const Decide&) { asked.set_value(); });
  RawClient busy(server.port());
  busy.send(post_request("x"));
  asked.get_future().wait();
  server.in_loop([&] { server.server().drain(std::chrono::milliseconds(50), [&] { drained.set_value(); }); });
  drained.get_future().wait();
  EXPECT_EQ(busy.read_to_end(), "");
}

TEST(Server, AddressInUseNamesThePortAndTheRemedy) {
  const Fd first = value_of(listen_on("127.0.0.1", 0));
  const auto port = value_of(local_port(first.get()));
  const auto second = listen_on("127.0.0.1", port);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().what.find("127.0.0.1:" + std::to_string(port)), std::string::npos);
  EXPECT_NE(second.error().hint.find("ss -ltnp"), std::string::npos);
  EXPECT_EQ(listen_on("nonsense", 0).error().code, Errc::malformed);
}

TEST(Server, AnyAddressTakesIpv4AndIpv6) {
  RunningServer server(&echo, {}, server_context(loopback_identity()), "*");
  EXPECT_TRUE(RawClient(server.port()).ready());
}

}  // namespace
}  // namespace muster::http
