// SPDX-License-Identifier: GPL-2.0-or-later
// Clients that leave while their request is in work, and those that only look as if they did.
#include "core/http/session.h"

#include <deque>
#include <future>
#include <optional>

#include "tests/core/http/https_fixture.h"

namespace muster::http {
namespace {

using namespace testing;

// Begins every request and answers none by itself.
class Workshop {
 public:
  struct Work {
    std::string method;
    std::string body;
    Respond respond;
    bool abandoned = false;
  };

  RunningServer& server() { return server_; }
  // Waits for so many requests.
  void begun(std::size_t count) {
    until([&] { return works_.size() >= count; });
  }
  bool abandoned(std::size_t number) {
    return until([&] { return works_.at(number).abandoned; });
  }
  void answer(std::size_t number) {
    server_.in_loop([&] {
      Work& work = works_.at(number);
      work.respond({200, {}, work.method + " " + work.body, false});
    });
  }
  // Until whoever has left was looked for so often.
  void sweeps(int count) {
    for (int i = 0; i < count; ++i) {
      const std::size_t before = server_.in_loop([&] { return leavers_; });
      RawClient(server_.port(), client_context(), INADDR_LOOPBACK + 1).send(post_request("leaver"));
      until([&] { return leavers_ > before; });
    }
  }
  bool until(const std::function<bool()>& holds) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!server_.in_loop(holds)) {
      if (std::chrono::steady_clock::now() > limit) {
        ADD_FAILURE() << "it does not come";
        return false;
      }
      std::this_thread::yield();
    }
    return true;
  }

 private:
  void serve(const Request& request, Respond respond) {
    if (request.body == "leaver") return request.when_gone([this] { ++leavers_; });
    Work& work = works_.emplace_back(Work{request.head.method, request.body, std::move(respond)});
    request.when_gone([&work] { work.abandoned = true; });
  }

  std::deque<Work> works_;  // in the order in which they were begun
  std::size_t leavers_ = 0;
  RunningServer server_{[this](const Head&, const Peer&, const Decide& decide) {
    decide(Serve([this](const Request& request, Respond respond) { serve(request, std::move(respond)); }));
  }};
};

TEST(Session, WhoeverWorksForAClientThatLeavesIsToldAndTheConnectionEnds) {
  struct Case {
    const char* how;
    void (*leave)(RawClient&);
  };
  const Case cases[] = {{"an end of TCP alone", [](RawClient& client) { client.end_with_fin(); }},
                        {"an end of TLS alone", [](RawClient& client) { client.end_tls(); }},
                        {"a reset", [](RawClient& client) { client.end_with_reset(); }},
                        {"what is no TLS", [](RawClient& client) { client.send_raw("no TLS at all"); }}};
  for (const Case& each : cases) {
    SCOPED_TRACE(each.how);
    Workshop shop;
    RawClient client(shop.server().port());
    client.send(post_request("x"));
    shop.begun(1);
    each.leave(client);
    EXPECT_TRUE(shop.abandoned(0));
    EXPECT_TRUE(shop.server().becomes_empty());
    EXPECT_EQ(shop.server().statistics().abandoned, 1U);
  }
}

TEST(Session, AnAnswerForAClientThatHasLeftGoesNowhere) {
  Workshop shop;
  RawClient client(shop.server().port());
  client.send(post_request("x"));
  shop.begun(1);
  client.end_with_fin();
  ASSERT_TRUE(shop.abandoned(0));
  shop.answer(0);
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(Session, AClientThatWaitsIsNotGone) {
  Workshop shop;
  RawClient client(shop.server().port());
  client.send(post_request("patient"));
  shop.begun(1);
  shop.sweeps(2);
  shop.answer(0);
  EXPECT_EQ(body_of(client.read_response()), "POST patient");
}

TEST(Session, WhatFollowsARequestInWorkIsKeptWhole) {
  const std::string second = post_request(std::string(40'000, 'x'));
  for (const std::size_t cut : {second.size(), second.size() / 2, std::size_t{1}}) {
    SCOPED_TRACE(cut);
    Workshop shop;
    RawClient client(shop.server().port());
    client.send(post_request("first"));
    shop.begun(1);
    client.send(std::string_view(second).substr(0, cut));
    shop.sweeps(2);
    shop.answer(0);
    EXPECT_EQ(body_of(client.read_response()), "POST first");
    client.send(std::string_view(second).substr(cut));
    shop.begun(2);
    shop.answer(1);
    EXPECT_EQ(body_of(client.read_response()), "POST " + std::string(40'000, 'x'));
  }
}

// As nginx has it: whoever ends his half has left, whatever he sent before.
TEST(Session, AnEndBehindAnotherRequestIsAnEnd) {
  Workshop shop;
  RawClient client(shop.server().port());
  client.send(post_request("first"));
  shop.begun(1);
  client.send(post_request("second"));
  client.end_with_fin();
  EXPECT_TRUE(shop.abandoned(0));
  EXPECT_TRUE(shop.server().becomes_empty());
}

TEST(Session, AnAnswerThatIsThereAtOnceReachesAClientThatEndedItsHalf) {
  RunningServer server;
  RawClient client(server.port());
  client.send(post_request("x"));
  client.end_with_fin();
  EXPECT_EQ(body_of(client.read_response()), "x");
  EXPECT_EQ(server.statistics().abandoned, 0U);
}

TEST(Session, AClientThatLeavesAfterItsAnswerHasAbandonedNothing) {
  Workshop shop;
  {
    RawClient client(shop.server().port());
    client.send(post_request("x"));
    shop.begun(1);
    shop.answer(0);
    EXPECT_EQ(body_of(client.read_response()), "POST x");
    client.end_with_fin();
    EXPECT_TRUE(shop.server().becomes_empty());
  }
  shop.sweeps(1);
  EXPECT_EQ(shop.server().statistics().abandoned, 1U) << "the leaver of the sweep alone";
}

// A body that waits in the socket is no answer to the question whether the client is there, and stays untouched.
TEST(Session, AClientThatLeavesBeforeTheVerdictIsNotServed) {
  std::promise<Decide> verdict;
  RunningServer server([&](const Head&, const Peer&, const Decide& decide) { verdict.set_value(decide); });
  RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n");
  const auto decide = verdict.get_future().get();
  client.send("body");
  client.end_with_fin();
  EXPECT_TRUE(server.becomes_empty());
  EXPECT_EQ(server.statistics().abandoned, 1U);
  server.in_loop([&] { decide(Serve([](const Request&, const Respond&) { ADD_FAILURE() << "served"; })); });
}

TEST(Session, WhoeverWorksIsNotToldThatAClientHasLeftWhenTheServerEnds) {
  bool told = false;
  {
    std::promise<void> begun;
    const Serve serve = [&](const Request& request, const Respond&) {
      request.when_gone([&] { told = true; });
      begun.set_value();
    };
    std::optional<RunningServer> server;
    server.emplace([&](const Head&, const Peer&, const Decide& decide) { decide(serve); });
    RawClient client(server->port());
    client.send(post_request("x"));
    begun.get_future().wait();
    server.reset();  // while the client is there
  }
  EXPECT_FALSE(told);
}

}  // namespace
}  // namespace muster::http
