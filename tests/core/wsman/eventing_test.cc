// SPDX-License-Identifier: GPL-2.0-or-later
// A source of its own class that takes its time, refuses and ends: what its subscribers are told.
#include "core/wsman/eventing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wsman/request.h"
#include "tests/core/wsman/eventing_fixture.h"

namespace muster::wsman {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct SlowSource : EventSource {
  struct Started {
    std::string id;
    Watch watch;
    Caller caller;
    Listener listener;
  };
  std::vector<Started> started;
  std::vector<std::string> renewed_by;
  std::vector<std::string> stopped;

  bool offers(std::string_view class_name) const override { return cim::same_name(class_name, "TEST_Disk"); }
  std::optional<Fault> check(const Watch& /*watch*/) const override { return std::nullopt; }
  void start(const std::string& id, const Watch& watch, const Caller& caller, Listener listener) override {
    started.push_back({id, watch, caller, std::move(listener)});
  }
  void refresh(const std::string& /*id*/) override {}
  void renewed(const std::string& /*id*/, const Caller& caller) override {
    renewed_by.push_back(caller.proof);
  }
  void stop(const std::string& id) override { stopped.push_back(id); }
  void tick() override {}
};

struct OfCaller : MethodTarget {
  void invoke(const cim::Invocation& /*call*/, const Bounds& /*bounds*/, Done /*done*/) override {}
  Caller caller() const override { return {"", "CN=ms1", "ticket", "192.0.2.1"}; }
};

const std::string kPull = delivery(names::kPullMode);
const std::string kPush = delivery(names::kPushMode, notify_to("https://s/"));

class EventingTest : public ::testing::Test {
 protected:
  EventingTest() {
    courier_.allowed = {{"s", 443}};
    lab_.service.deliver_by(courier_);
    lab_.service.add_source(source_);
  }
  using Answer = std::shared_ptr<std::optional<Reply>>;
  Answer ask(const std::string& message) {
    auto answer = std::make_shared<std::optional<Reply>>();
    lab_.service.handle(
        "alice", {"application/soap+xml", "", message}, [answer](Reply reply) { *answer = std::move(reply); },
        std::make_shared<OfCaller>());
    return answer;
  }
  Answer ask_to_subscribe(const std::string& inside) { return ask(subscribe("TEST_Disk", inside)); }
  EventSource::Listener& listener(std::size_t number = 0) { return source_.started.at(number).listener; }

  EventLab lab_;
  WrittenCourier courier_;
  SlowSource source_;
};

TEST_F(EventingTest, ASubscribeIsAnsweredWhenItsSourceHasStarted) {
  const Answer answer = ask_to_subscribe(kPull);
  EXPECT_FALSE(answer->has_value());
  ASSERT_THAT(source_.started, SizeIs(1));
  EXPECT_EQ(source_.started[0].caller.principal, "alice");
  EXPECT_EQ(source_.started[0].caller.proof, "ticket");
  EXPECT_EQ(source_.started[0].caller.subject, "CN=ms1");
  EXPECT_EQ(source_.started[0].watch.place, Watch::Place::forgotten);
  listener().started(std::nullopt);
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ(verdict(**answer), "200");
}

TEST_F(EventingTest, ASourceThatRefusesIsTheAnswerAndNothingIsKept) {
  const Answer answer = ask_to_subscribe(kPush);
  ASSERT_THAT(courier_.orders, SizeIs(1));
  listener().started(Fault{FaultCode::access_denied, "no grant"});
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ(verdict(**answer), "wsman:AccessDenied");
  EXPECT_THAT(courier_.closed, ElementsAre(courier_.orders[0].id));
  EXPECT_THAT(courier_.ended, IsEmpty());
  ask_to_subscribe(kPush);
  EXPECT_THAT(source_.started, SizeIs(2));
}

TEST_F(EventingTest, ASubscriptionWhoseClientHasLeftBeforeItKnewItsNameEnds) {
  std::function<void()> gone;
  bool answered = false;
  lab_.service.handle(
      "alice", {"application/soap+xml", "", subscribe("TEST_Disk", kPush)},
      [&](const Reply&) { answered = true; }, std::make_shared<OfCaller>(),
      [&](std::function<void()> call) { gone = std::move(call); });
  ASSERT_TRUE(gone);
  gone();
  EXPECT_FALSE(answered);
  listener().started(std::nullopt);
  EXPECT_TRUE(answered) << "as every request, though to nobody";
  EXPECT_THAT(courier_.closed, ElementsAre(courier_.orders[0].id));
  EXPECT_THAT(source_.stopped, ElementsAre(source_.started[0].id));
}

TEST_F(EventingTest, TwoSubscribersOfOneStreamShareTheirSource) {
  const Answer first = ask_to_subscribe(kPush);
  const Answer second = ask_to_subscribe(kPush);
  ASSERT_THAT(source_.started, SizeIs(1));
  EXPECT_FALSE(second->has_value());
  listener().started(std::nullopt);
  EXPECT_EQ(verdict(first->value()), "200");
  EXPECT_EQ(verdict(second->value()), "200");
  EXPECT_EQ(verdict(ask_to_subscribe(kPush)->value()), "200");
  EXPECT_THAT(source_.started, SizeIs(1));
  EXPECT_THAT(source_.renewed_by, ElementsAre("ticket"));
  ask(unsubscribe(identifier_in(first->value())));
  EXPECT_THAT(source_.stopped, IsEmpty());
}

TEST_F(EventingTest, UnsubscribingTheLastStopsTheSourceAndARenewalIsToldIt) {
  const Answer answer = ask_to_subscribe(kPush);
  listener().started(std::nullopt);
  const std::string id = identifier_in(answer->value());
  ask(renew(id, "PT5M"));
  EXPECT_THAT(source_.renewed_by, ElementsAre("ticket"));
  ask(unsubscribe(id));
  EXPECT_THAT(source_.stopped, ElementsAre(source_.started[0].id));
}

TEST_F(EventingTest, AnEventThatIsKeptIsTakenWhenTheCourierSaysSo) {
  ask_to_subscribe(kPush);
  listener().started(std::nullopt);
  std::optional<Fault> outcome = Fault{};
  listener().event("<x/>", [&](const auto& problem) { outcome = problem; });
  ASSERT_THAT(courier_.unsettled, SizeIs(1));
  EXPECT_TRUE(outcome.has_value());
  courier_.unsettled[0](std::nullopt);
  EXPECT_FALSE(outcome.has_value());
}

TEST_F(EventingTest, AnEventThatIsPulledIsTakenAtOnce) {
  const Answer answer = ask_to_subscribe(kPull);
  listener().started(std::nullopt);
  bool taken = false;
  listener().event("<x/>", [&](const auto& problem) { taken = !problem; });
  EXPECT_TRUE(taken);
  const auto pulled = lab_.pull_later(identifier_in(answer->value()));
  EXPECT_EQ(pulled->verdict_or_waits(), "200");
}

TEST_F(EventingTest, ASourceThatEndsTellsEndToAndWhoeverPulls) {
  const Answer pushed = ask_to_subscribe(kPush);
  listener(0).started(std::nullopt);
  const Answer pulls = ask_to_subscribe(kPull);
  listener(1).started(std::nullopt);
  const auto waiting = lab_.pull_later(identifier_in(pulls->value()));
  EXPECT_EQ(waiting->verdict_or_waits(), "waits");
  listener(0).ended({FaultCode::access_denied, "may not be read"});
  listener(1).ended({FaultCode::access_denied, "may not be read"});
  EXPECT_THAT(courier_.ended,
              ElementsAre(std::pair(identifier_in(pushed->value()), std::string("may not be read"))));
  EXPECT_EQ(waiting->verdict_or_waits(), "wsman:AccessDenied");
  EXPECT_EQ(lab_.pull_later(identifier_in(pulls->value()))->verdict_or_waits(),
            "wsen:InvalidEnumerationContext");
  EXPECT_THAT(source_.stopped, IsEmpty());
}

TEST_F(EventingTest, WhatGoesOnBeginsWhereItWasWithoutAProof) {
  ask_to_subscribe(kPush);
  EXPECT_EQ(source_.started[0].watch.begin, Watch::Begin::now);
  EXPECT_EQ(source_.started[0].watch.place, Watch::Place::kept);
  Order order = courier_.orders[0];
  listener().started(Fault{FaultCode::internal_error});  // forgotten again
  order.id = "uuid:of-an-earlier-run";
  courier_.listener.resumed(order);
  ASSERT_THAT(source_.started, SizeIs(2));
  EXPECT_EQ(source_.started[1].watch.begin, Watch::Begin::where_it_was);
  EXPECT_EQ(source_.started[1].caller.principal, "alice");
  EXPECT_EQ(source_.started[1].caller.proof, "");
  ask_to_subscribe(kPull + "<w:Bookmark>muster:1:1:1</w:Bookmark>");
  listener(1).ended({FaultCode::access_denied, "gone"});
  ask_to_subscribe(kPull + "<w:Bookmark>muster:1:1:1</w:Bookmark>");
  ASSERT_THAT(source_.started, SizeIs(3));
  EXPECT_EQ(source_.started[2].watch.begin, Watch::Begin::where_it_was);
}

TEST_F(EventingTest, AConditionThatIsKeptIsShort) {
  const auto query = [](std::size_t octets) {
    return kPush + wql("select * from TEST_Disk where Name = '" + std::string(octets, 'x') + "'");
  };
  Eventing eventing(lab_.source, [] { return Subscriptions::Time{}; });
  eventing.deliver_by(courier_);
  for (const std::size_t octets : {Courier::kMaxStream, Courier::kMaxStream + 1}) {
    Request request;
    ASSERT_FALSE(parse_request(subscribe("TEST_Disk", query(10)), "", request));
    std::optional<Fault> outcome;
    eventing.open({std::to_string(octets), "alice", std::string(octets, 'x'), "text", 1h}, request, {},
                  {"alice"}, [&](const auto& problem) { outcome = problem; });
    EXPECT_EQ(outcome.has_value(), octets > Courier::kMaxStream);
  }
}

}  // namespace
}  // namespace muster::wsman
