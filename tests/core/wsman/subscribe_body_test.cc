// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/subscribe_body.h"

#include <gtest/gtest.h>

#include "tests/core/wsman/eventing_fixture.h"

namespace muster::wsman {
namespace {

using namespace testing;
using namespace std::chrono_literals;

std::string sink(std::string_view inside = {}, std::string_view mode = names::kEventsMode) {
  return delivery(mode, notify_to("https://s/") + std::string(inside));
}

TEST(SubscribeBody, RefusesEachWithItsPreciseFault) {
  struct Case {
    std::string inside, expected;
  };
  const std::string pull = delivery(names::kPullMode);
  const auto pulling = [](std::string_view inside) { return delivery(names::kPullMode, inside); };
  const std::vector<Case> cases = {
      {pull + kFullDisks, "200"},
      {"", "wsman:SchemaValidationError"},
      {pull + pull, "wsman:SchemaValidationError"},
      {pull + "text", "wsman:SchemaValidationError"},
      {pull + "<e:Odd/>", "wsman:SchemaValidationError"},
      {pull + "<x:odd xmlns:x='urn:x'/>" + kFullDisks, "200"},
      {delivery("urn:pigeon"), "wse:DeliveryModeRequestedUnavailable"},
      {"<e:Delivery/>", "wsman:SchemaValidationError"},
      {pulling(notify_to("https://s/")), "wsman:SchemaValidationError"},
      {pulling("<w:Heartbeats>PT5S</w:Heartbeats>"), "wsman:UnsupportedFeature/Heartbeats"},
      {pulling("<w:Heartbeats>often</w:Heartbeats>"), "wsman:SchemaValidationError"},
      {pulling("<w:Heartbeats>PT0S</w:Heartbeats>"), "wsman:SchemaValidationError"},
      {pulling("<w:MaxElements>5</w:MaxElements>"), "wsman:UnsupportedFeature/MaxElements"},
      {sink("<w:MaxElements>0</w:MaxElements>"), "wsman:SchemaValidationError"},
      {pulling("<w:MaxTime>PT5S</w:MaxTime>"), "wsman:UnsupportedFeature/MaxTime"},
      {sink("<w:MaxTime>x</w:MaxTime>"), "wsman:SchemaValidationError"},
      {pulling("<w:ConnectionRetry Total='3'>PT5S</w:ConnectionRetry>"),
       "wsman:UnsupportedFeature/DeliveryRetries"},
      {sink("<w:ConnectionRetry Total='3'>PT0S</w:ConnectionRetry>"), "wsman:SchemaValidationError"},
      {sink("<w:ConnectionRetry Total='0'>PT5S</w:ConnectionRetry>"), "wsman:SchemaValidationError"},
      {sink("<w:ConnectionRetry>PT5S</w:ConnectionRetry>"), "wsman:SchemaValidationError"},
      {pulling("<w:ContentEncoding>EBCDIC</w:ContentEncoding>"), "wsman:UnsupportedFeature/EncodingType"},
      {pulling("<w:ContentEncoding>utf-8</w:ContentEncoding>") + kFullDisks, "200"},
      {sink("<w:Auth Profile='urn:x'/>"), "wsman:UnsupportedFeature/AuthorizationMode"},
      {sink("<w:MaxEnvelopeSize>100</w:MaxEnvelopeSize>"), "wsman:EncodingLimit/MinimumEnvelopeLimit"},
      {sink("<w:MaxEnvelopeSize Policy='Tear'>9000</w:MaxEnvelopeSize>"),
       "wsman:UnsupportedFeature/MaxEnvelopePolicy"},
      {"<e:EndTo><a:Address>https://s/</a:Address></e:EndTo>" + pull,
       "wsman:UnsupportedFeature/AddressingMode"},
      {"<e:EndTo/>" + sink(), "wsman:SchemaValidationError"},
      {pull + "<e:Expires>-PT1M</e:Expires>", "wse:InvalidExpirationTime"},
      {pull + "<e:Expires>PT0S</e:Expires>", "wse:InvalidExpirationTime"},
      {pull + "<e:Expires>later</e:Expires>", "wse:InvalidExpirationTime"},
      {pull + "<e:Expires>2026-11-20T00:00:00Z</e:Expires>", "wse:UnsupportedExpirationType"},
      {pull + "<w:Filter Dialect='urn:x'>x</w:Filter>", "wse:FilteringRequestedUnavailable"},
      {pull + "<w:Filter>x</w:Filter>", "wse:FilteringRequestedUnavailable"},
      {pull + wql("select from where"), "wse:EventSourceUnableToProcess"},
      {pull + wql("select * from TEST_Disk where Nothing = 1"), "wse:EventSourceUnableToProcess"},
      {pull + wql("select * from SCX_Agent"), "wse:EventSourceUnableToProcess"},
      {pull + kFullDisks + "<e:Filter Dialect='urn:x'>x</e:Filter>", "wse:EventSourceUnableToProcess"},
      {pull, "wse:FilteringRequestedUnavailable/FilteringRequired"},
      {pull + kFullDisks + "<w:Bookmark><x/></w:Bookmark>", "wsman:InvalidBookmark/InvalidFormat"},
      {pull + kFullDisks + "<w:Bookmark/>", "wsman:InvalidBookmark/InvalidFormat"},
      {pull + kFullDisks + "<w:SendBookmarks/>", "wsman:UnsupportedFeature/Bookmarks"},
      {delivery(names::kPushMode, notify_to("pigeon:home")), "wsman:EventDeliverToUnusable/UnusableAddress"},
      {delivery(names::kPushMode, notify_to("http://s/")), "wsman:EventDeliverToUnusable/InsecureAddress"},
      {delivery(names::kPushMode, notify_to(names::kAnonymous)),
       "wsman:EventDeliverToUnusable/UnusableAddress"},
      {delivery(names::kPushMode, notify_to("https://elsewhere/")),
       "wsman:EventDeliverToUnusable/UnusableAddress"},
      {delivery(
           names::kPushMode,
           notify_to("https://s/", "<a:ReferenceParameters><a:Action>x</a:Action></a:ReferenceParameters>")),
       "wsman:SchemaValidationError"},
  };
  for (const Case& each : cases) {
    EventLab lab;
    EXPECT_EQ(verdict(lab.ask(subscribe("TEST_Disk", each.inside))), each.expected) << each.inside;
  }
}

TEST(SubscribeBody, IsReadIntoAWish) {
  const std::string body = subscribe(
      "TEST_Disk",
      "<e:EndTo><a:Address>https://s/end</a:Address></e:EndTo>" +
          delivery(
              names::kEventsMode,
              notify_to("https://s/n",
                        "<a:ReferenceParameters><x:id xmlns:x='urn:x'>7</x:id></a:ReferenceParameters>") +
                  "<w:MaxElements>5</w:MaxElements><w:MaxTime>PT3S</w:MaxTime><w:Heartbeats>PT30S</"
                  "w:Heartbeats>"
                  "<w:ConnectionRetry Total='4'>PT2S</w:ConnectionRetry>"
                  "<w:MaxEnvelopeSize Policy='Notify'>20000</w:MaxEnvelopeSize>") +
          "<e:Expires>PT10M</e:Expires>" + kFullDisks + "<w:Bookmark> b </w:Bookmark><w:SendBookmarks/>",
      "<w:OptionSet><w:Option Name='EvaluationInterval'>PT30S</w:Option></w:OptionSet>");
  Request request;
  ASSERT_FALSE(parse_request(body, "", request));
  ASSERT_TRUE(request.subscribe);
  const SubscribeWish& wish = *request.subscribe;
  EXPECT_EQ(wish.mode, DeliveryMode::events);
  EXPECT_EQ(wish.notify_to.address, "https://s/n");
  EXPECT_NE(wish.notify_to.headers.find("xmlns:x=\"urn:x\">7</x:id>"), std::string::npos);
  EXPECT_EQ(wish.end_to.address, "https://s/end");
  EXPECT_EQ(wish.max_elements, 5U);
  EXPECT_EQ(wish.max_time, 3000ms);
  EXPECT_EQ(wish.heartbeats, 30s);
  EXPECT_EQ(wish.retry->times, 4U);
  EXPECT_EQ(wish.retry->pause, 2s);
  EXPECT_EQ(wish.max_envelope, 20000U);
  EXPECT_EQ(wish.oversize, Oversize::notified);
  EXPECT_EQ(wish.expires, 600000ms);
  EXPECT_EQ(wish.bookmark, "b");
  EXPECT_TRUE(wish.send_bookmarks);
  EXPECT_TRUE(wish.filtered);
  EXPECT_EQ(wish.interval, 30s);
}

TEST(SubscribeBody, AnIntervalOutsideItsLimitsIsRefused) {
  for (const char* const value : {"PT0S", "PT2H", "often", ""}) {
    EventLab lab;
    const std::string option = "<w:OptionSet><w:Option Name='EvaluationInterval'>" + std::string(value) +
                               "</w:Option></w:OptionSet>";
    EXPECT_EQ(verdict(lab.ask(subscribe("TEST_Disk", delivery(names::kPullMode) + kFullDisks, option))),
              "wsman:InvalidOptions/InvalidValue")
        << value;
  }
}

}  // namespace
}  // namespace muster::wsman
