// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/wsman/eventing_fixture.h"

namespace muster::wsman {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(PullEvents, AnEventThatCameBeforeIsAnsweredAtOnceAndOnce) {
  EventLab lab;
  const std::string context = lab.subscribe_pull();
  lab.pass(1s);
  const auto pulled = lab.pull_later(context);
  ASSERT_EQ(pulled->verdict_or_waits(), "200");
  EXPECT_THAT(items_of(*pulled->reply), HasSubstr("<p:Name>sda</p:Name>"));
  EXPECT_EQ(between(pulled->reply->body, "<wsen:EnumerationContext>", "</"), context);
  EXPECT_EQ(lab.pull_later(context)->verdict_or_waits(), "waits");
}

TEST(PullEvents, WaitsForAnEvent) {
  EventLab lab(10);
  const std::string context = lab.subscribe_pull();
  const auto pulled = lab.pull_later(context);
  lab.pass(15s);
  EXPECT_EQ(pulled->verdict_or_waits(), "waits");
  lab.set(0, 1000);
  lab.pass(10s);
  EXPECT_EQ(pulled->verdict_or_waits(), "200");
}

TEST(PullEvents, TimesOutAndLeavesTheContext) {
  EventLab lab(10);
  const std::string context = lab.subscribe_pull();
  for (int i = 0; i < 2; ++i) {
    const auto pulled = lab.pull_later(context, "<n:MaxTime>PT5S</n:MaxTime>");
    lab.pass(4s);
    EXPECT_EQ(pulled->verdict_or_waits(), "waits");
    lab.pass(2s);
    EXPECT_EQ(pulled->verdict_or_waits(), "wsman:TimedOut");
  }
}

TEST(PullEvents, OneThatWaitsGivesWayToTheNext) {
  EventLab lab(10);
  const std::string context = lab.subscribe_pull();
  const auto first = lab.pull_later(context);
  const auto second = lab.pull_later(context);
  EXPECT_EQ(first->verdict_or_waits(), "wsman:TimedOut");
  EXPECT_EQ(second->verdict_or_waits(), "waits");
}

TEST(PullEvents, WhoseClientHasLeftTakeNoEventFromTheNext) {
  EventLab lab(10);
  const std::string context = lab.subscribe_pull();
  const auto left = lab.pull_later(context);
  ASSERT_TRUE(left->gone);
  left->gone();
  EXPECT_EQ(left->verdict_or_waits(), "wsman:TimedOut") << "answered, as every request, though to nobody";
  lab.set(0, 1000);
  lab.pass(10s);
  const auto next = lab.pull_later(context);
  ASSERT_EQ(next->verdict_or_waits(), "200");
  EXPECT_THAT(items_of(*next->reply), HasSubstr("<p:Name>sda</p:Name>"));
}

TEST(PullEvents, AClientThatLeavesEndsNoPullButItsOwn) {
  EventLab lab(10);
  const std::string context = lab.subscribe_pull();
  const auto first = lab.pull_later(context);
  const auto second = lab.pull_later(context);
  first->gone();
  EXPECT_EQ(second->verdict_or_waits(), "waits");
}

TEST(PullEvents, AClientMayLeaveAfterItsSubscriptionAndTheService) {
  std::function<void()> gone;
  {
    EventLab lab(10);
    const std::string context = lab.subscribe_pull();
    const auto pulled = lab.pull_later(context);
    gone = pulled->gone;
    EXPECT_EQ(verdict(lab.ask(release("TEST_Disk", context))), "200");
    gone();
  }
  gone();
}

TEST(PullEvents, OneThatWaitsIsLetGoWhenTheAgentEnds) {
  EventLab lab(10);
  const auto waiting = lab.pull_later(lab.subscribe_pull());
  lab.service.let_go();
  EXPECT_EQ(waiting->verdict_or_waits(), "wsman:TimedOut");
}

TEST(PullEvents, OneThatWaitsIsToldThatTheSubscriptionHasEnded) {
  EventLab lab(10);
  const std::string context = lab.subscribe_pull();
  const auto waiting = lab.pull_later(context);
  EXPECT_EQ(verdict(lab.ask(release("TEST_Disk", context))), "200");
  EXPECT_EQ(waiting->verdict_or_waits(), "wsen:InvalidEnumerationContext");
  EXPECT_EQ(lab.pull_later(context)->verdict_or_waits(), "wsen:InvalidEnumerationContext");
}

TEST(PullEvents, AsManyAsFitAndTheRestWithTheNext) {
  EventLab lab;
  for (int i = 0; i < 30; ++i) {
    lab.source.instances.push_back(disk(std::string(400, 'x') + std::to_string(i), 1000));
  }
  const std::string context = lab.subscribe_pull();
  lab.pass(1s);
  std::size_t items = 0;
  for (int pulls = 0; items < 31 && pulls < 40; ++pulls) {
    const Reply reply = lab.ask(pull("TEST_Disk", context, "<n:MaxElements>100</n:MaxElements>",
                                     "<w:MaxEnvelopeSize>8192</w:MaxEnvelopeSize>"));
    ASSERT_EQ(verdict(reply), "200");
    EXPECT_LE(reply.body.size(), 8192U);
    for (std::size_t at = 0; (at = reply.body.find("<p:TEST_Disk ", at)) != std::string::npos; ++at) ++items;
  }
  EXPECT_EQ(items, 31U);
}

TEST(PullEvents, WhatWasDroppedIsToldFirst) {
  EventLab lab(10);
  const std::string context = lab.subscribe_pull(wql("select Name from TEST_Disk where BytesTotal &gt; 100"));
  lab.source.instances.clear();
  for (std::size_t i = 0; i < 600; ++i) lab.source.instances.push_back(disk("a" + std::to_string(i), 1000));
  lab.pass(11s);
  for (std::size_t i = 0; i < 600; ++i) lab.source.instances[i].set("Name", "b" + std::to_string(i));
  lab.pass(10s);
  const Reply reply = lab.ask(pull("TEST_Disk", context, "<n:MaxElements>2</n:MaxElements>"));
  EXPECT_THAT(items_of(reply), HasSubstr("<wsman:DroppedEvents Action=\"" + std::string(names::kEvent) +
                                         "\">200</wsman:DroppedEvents>"));
  EXPECT_THAT(items_of(reply), HasSubstr("<p:Name>a200</p:Name>"));
  EXPECT_THAT(items_of(lab.ask(pull("TEST_Disk", context))), Not(HasSubstr("DroppedEvents")));
}

TEST(PullEvents, WithBookmarksComeFromTheCourier) {
  EventLab lab;
  WrittenCourier courier;
  lab.service.deliver_by(courier);
  const std::string context = lab.subscribe_pull(kFullDisks + "<w:SendBookmarks/>");
  lab.pass(1s);
  ASSERT_EQ(courier.puts.size(), 1U);
  const auto pulled = lab.pull_later(context);
  EXPECT_EQ(pulled->verdict_or_waits(), "waits") << "an event counts when it is kept";
  courier.listener.arrived(context, {courier.puts[0].second, "muster:1:1"});
  ASSERT_EQ(pulled->verdict_or_waits(), "200");
  EXPECT_EQ(between(pulled->reply->body, "<wsman:Bookmark>", "</wsman:Bookmark>"), "muster:1:1");
}

TEST(PullEvents, WhatTheCourierCouldNotKeepIsToldAtOnceAndOnce) {
  EventLab lab(10);
  WrittenCourier courier;
  lab.service.deliver_by(courier);
  const std::string context = lab.subscribe_pull(kFullDisks + "<w:SendBookmarks/>");
  const auto waiting = lab.pull_later(context);
  courier.listener.dropped(context, 2);
  ASSERT_EQ(waiting->verdict_or_waits(), "200");
  EXPECT_THAT(items_of(*waiting->reply), HasSubstr("\">2</wsman:DroppedEvents>"));
  EXPECT_THAT(waiting->reply->body, Not(HasSubstr("<wsman:Bookmark>")));
  const auto next = lab.pull_later(context);
  courier.listener.dropped("uuid:somebody-else", 1);
  EXPECT_EQ(next->verdict_or_waits(), "waits");
  courier.listener.arrived(context, {"<e/>", "muster:1:1"});
  ASSERT_EQ(next->verdict_or_waits(), "200");
  EXPECT_THAT(items_of(*next->reply), AllOf(HasSubstr("<e/>"), Not(HasSubstr("DroppedEvents"))));
  courier.listener.dropped(context, 1);
  EXPECT_THAT(items_of(lab.ask(pull("TEST_Disk", context))), HasSubstr("\">3</wsman:DroppedEvents>"))
      << "since the subscription began";
}

TEST(PullEvents, OfAPushedSubscriptionAreRefused) {
  EventLab lab;
  WrittenCourier courier;
  courier.allowed = {{"s", 443}};
  lab.service.deliver_by(courier);
  const std::string id = identifier_in(
      lab.ask(subscribe("TEST_Disk", delivery(names::kPushMode, notify_to("https://s/")) + kFullDisks)));
  EXPECT_EQ(verdict(lab.ask(pull("TEST_Disk", id))), "wsen:InvalidEnumerationContext");
}

}  // namespace
}  // namespace muster::wsman
