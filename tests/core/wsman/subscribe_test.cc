// SPDX-License-Identifier: GPL-2.0-or-later
// Subscribe, Unsubscribe and Renew as the service answers them, and what the courier is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wsman/prescan.h"
#include "core/wsman/subscription.h"
#include "tests/core/wsman/eventing_fixture.h"
#include "tests/fakes/golden.h"

namespace muster::wsman {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kPull = delivery(names::kPullMode);

struct CourierLab : EventLab {
  CourierLab() {
    courier.allowed = {{"s", 443}};
    service.deliver_by(courier);
  }
  std::string subscribe_push(std::string_view more = {}) {
    const Reply reply = ask(subscribe(
        "TEST_Disk", delivery(names::kPushMode, notify_to("https://s/")) + kFullDisks + std::string(more)));
    EXPECT_EQ(verdict(reply), "200") << reply.body;
    return identifier_in(reply);
  }
  WrittenCourier courier;
};

TEST(Subscribe, AnswersAreTheRecordedOctets) {
  EventLab lab;
  const std::string id = "uuid:00010000-0000-4000-8000-000000000000";
  const std::pair<std::string, std::string> cases[] = {
      {"subscribe", subscribe("TEST_Disk", kPull + kFullDisks + "<e:Expires>PT90S</e:Expires>")},
      {"renew", renew(id, "PT2M")},
      {"unsubscribe", unsubscribe(id)},
      {"unknown_mode", subscribe("TEST_Disk", delivery("urn:pigeon"))},
      {"unknown_event_dialect", subscribe("TEST_Disk", kPull + filter("urn:x", "x"))},
  };
  for (const auto& [name, request] : cases) {
    const std::string got = lab.ask(request).body + "\n";
    EXPECT_TRUE(prescan(got)) << name;
    EXPECT_EQ(got, muster::testing::golden("wsman/" + name + ".xml", got)) << name;
  }
}

TEST(Subscribe, BelongsToTheCaller) {
  EventLab lab;
  const std::string id = lab.subscribe_pull();
  EXPECT_EQ(verdict(lab.ask(unsubscribe(id), "bob")), "wsman:AccessDenied");
  EXPECT_EQ(verdict(lab.ask(renew(id, "PT1M"), "bob")), "wsman:AccessDenied");
  EXPECT_EQ(verdict(lab.ask(pull("TEST_Disk", id), "bob")), "wsman:AccessDenied");
  EXPECT_EQ(verdict(lab.ask(unsubscribe(id))), "200");
  EXPECT_EQ(verdict(lab.ask(unsubscribe(id))), "wse:InvalidMessage");
}

TEST(Subscribe, IsUnknownWithoutIdentifierAndByAWrongOne) {
  EventLab lab;
  EXPECT_EQ(
      verdict(lab.ask(envelope(headers(names::kUnsubscribe, "TEST_Disk"), eventing("Unsubscribe", "")))),
      "wse:InvalidMessage");
  EXPECT_EQ(verdict(lab.ask(renew("uuid:dead", "PT1M"))), "wse:InvalidMessage");
  EXPECT_EQ(verdict(lab.ask(renew("uuid:dead", "-PT1M"))), "wse:InvalidExpirationTime");
  EXPECT_EQ(verdict(lab.ask(envelope(
                headers("http://schemas.xmlsoap.org/ws/2004/08/eventing/GetStatus", "TEST_Disk"), ""))),
            "wsa:ActionNotSupported");
}

TEST(Subscribe, EndsWithItsTimeUnlessItIsRenewed) {
  EventLab lab;
  const std::string id = lab.subscribe_pull(kFullDisks + "<e:Expires>PT30S</e:Expires>");
  lab.pass(29s);
  EXPECT_EQ(verdict(lab.ask(renew(id, "PT30S"))), "200");
  lab.pass(29s);
  EXPECT_EQ(verdict(lab.ask(renew(id, "PT30S"))), "200");
  lab.pass(31s);
  EXPECT_EQ(verdict(lab.ask(renew(id, "PT30S"))), "wse:InvalidMessage");
  const std::size_t asked = lab.source.asked.size();
  lab.pass(60s);
  EXPECT_EQ(lab.source.asked.size(), asked) << "nobody watches any more";
}

TEST(Subscribe, IsCappedPerCaller) {
  EventLab lab;
  for (std::size_t i = 0; i < Subscriptions::kPerPrincipal; ++i) lab.subscribe_pull();
  EXPECT_EQ(verdict(lab.ask(subscribe("TEST_Disk", kPull + kFullDisks))), "wsman:QuotaLimit");
  EXPECT_EQ(verdict(lab.ask(subscribe("TEST_Disk", kPull + kFullDisks), "bob")), "200");
}

TEST(Subscribe, OfUnknownAndOfAllClassesIsRefused) {
  EventLab lab;
  EXPECT_EQ(verdict(lab.ask(subscribe("XX_None", kPull + kFullDisks))), "wse:EventSourceUnableToProcess");
  EXPECT_EQ(verdict(lab.ask(subscribe("XX_None", kPull))), "wsa:DestinationUnreachable/InvalidResourceURI");
  EXPECT_EQ(verdict(lab.ask(subscribe("TEST_Disk", kPull + kFullDisks, selectors({{"Name", "sda"}})))),
            "wsman:InvalidSelectors/UnexpectedSelectors");
}

TEST(SubscribePush, TellsTheCourierWhatItHasToKeepAndEachEvent) {
  CourierLab lab;
  const std::string id = lab.subscribe_push("<e:Expires>PT1H</e:Expires>");
  ASSERT_THAT(lab.courier.orders, SizeIs(1));
  const Order& order = lab.courier.orders.front();
  EXPECT_EQ(order.id, id);
  EXPECT_EQ(order.principal, "alice");
  EXPECT_EQ(order.lifetime, 1h);
  EXPECT_THAT(order.text, HasSubstr("NotifyTo"));
  lab.pass(1s);
  ASSERT_THAT(lab.courier.puts, SizeIs(1));
  EXPECT_EQ(lab.courier.puts[0].first, order.stream);
  EXPECT_THAT(lab.courier.puts[0].second, HasSubstr("<p:Name>sda</p:Name>"));
  EXPECT_EQ(verdict(lab.ask(renew(id, "PT2H"))), "200");
  EXPECT_EQ(lab.courier.renewed[id], 2h);
  EXPECT_EQ(verdict(lab.ask(unsubscribe(id))), "200");
  EXPECT_THAT(lab.courier.closed, ElementsAre(id));
}

TEST(SubscribePush, IsRefusedWhenTheCourierCannotKeepIt) {
  CourierLab lab;
  lab.courier.refuses = Fault{FaultCode::invalid_bookmark, "", "Expired"};
  EXPECT_EQ(verdict(lab.ask(
                subscribe("TEST_Disk", delivery(names::kPushMode, notify_to("https://s/")) + kFullDisks))),
            "wsman:InvalidBookmark/Expired");
  lab.pass(5s);
  EXPECT_THAT(lab.source.asked, IsEmpty());
}

TEST(SubscribePush, NobodyConnectsWhereTheAdministratorDidNotSay) {
  CourierLab lab;
  for (const char* const address : {"https://t/", "https://s:444/", "https://s.evil/"}) {
    EXPECT_EQ(
        verdict(lab.ask(subscribe("TEST_Disk", delivery(names::kPushMode, notify_to(address)) + kFullDisks))),
        "wsman:EventDeliverToUnusable/UnusableAddress");
  }
  EXPECT_EQ(verdict(lab.ask(subscribe("TEST_Disk", "<e:EndTo><a:Address>https://t/</a:Address></e:EndTo>" +
                                                       delivery(names::kPushMode, notify_to("https://s/")) +
                                                       kFullDisks))),
            "wsman:EventDeliverToUnusable/UnusableAddress");
  EXPECT_THAT(lab.courier.orders, IsEmpty());
}

TEST(SubscribePush, ASinkThatRefusesEndsIt) {
  CourierLab lab;
  const std::string id = lab.subscribe_push();
  lab.courier.listener.ended(id);
  EXPECT_EQ(verdict(lab.ask(unsubscribe(id))), "wse:InvalidMessage");
  EXPECT_THAT(lab.courier.closed, IsEmpty()) << "the courier knows";
}

TEST(SubscribePush, GoesOnAfterARestart) {
  CourierLab first;
  const std::string id = first.subscribe_push();
  const Order order = first.courier.orders.front();
  CourierLab second;
  second.courier.listener.resumed(order);
  second.courier.listener.resumed(order);
  second.pass(1s);
  ASSERT_THAT(second.courier.puts, SizeIs(1));
  EXPECT_EQ(second.courier.puts[0].first, order.stream);
  EXPECT_EQ(verdict(second.ask(unsubscribe(id))), "200");
}

TEST(SubscribePush, EndsWhenANewCourierDoesNotHaveIt) {
  CourierLab lab;
  const std::string kept = lab.subscribe_push();
  const std::string lost = lab.subscribe_push();
  const std::string pulled = lab.subscribe_pull();
  lab.courier.listener.all_resumed({kept});
  EXPECT_EQ(verdict(lab.ask(renew(lost, "PT1H"))), "wse:InvalidMessage");
  EXPECT_EQ(verdict(lab.ask(renew(kept, "PT1H"))), "200");
  EXPECT_EQ(lab.pull_later(pulled)->verdict_or_waits(), "waits");
  EXPECT_THAT(lab.courier.closed, IsEmpty()) << "it knows of none";
}

TEST(SubscribePush, DoesNotGoOnWhenItsSinkIsNotAllowedAnyMore) {
  CourierLab first;
  first.subscribe_push();
  CourierLab second;
  second.courier.allowed.clear();
  second.courier.listener.resumed(first.courier.orders.front());
  EXPECT_THAT(second.courier.closed, ElementsAre(first.courier.orders.front().id));
  second.pass(20s);
  EXPECT_THAT(second.source.asked, IsEmpty());
}

TEST(SubscribePush, WhatWasKeptAndIsNoSubscribeIsThrownAway) {
  CourierLab lab;
  for (const std::string& text : {std::string("x"), get("SCX_Agent"), subscribe("TEST_Disk", "")}) {
    lab.courier.listener.resumed({"uuid:1", "alice", "stream", text, 1h});
  }
  EXPECT_THAT(lab.courier.closed, SizeIs(3));
}

}  // namespace
}  // namespace muster::wsman
