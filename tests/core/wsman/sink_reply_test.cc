// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/sink_reply.h"

#include <gtest/gtest.h>

#include "tests/core/wsman/fixture.h"

namespace muster::wsman {
namespace {

using namespace testing;

std::string ack(std::string_view action, std::string_view relates_to = "uuid:1") {
  return envelope(header("a:Action", action) + header("a:RelatesTo", relates_to), "");
}
std::string fault(std::string_view subcode) {
  return envelope("", "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>" +
                          std::string(subcode) + "</s:Value></s:Subcode></s:Code></s:Fault>");
}
Reception read(int status, std::string_view body, Ack wanted) {
  return read_sink_reply(status, body, wanted, "uuid:1").reception;
}

TEST(SinkReply, OnlyAnAckOfThisMessageTakesWhatWantsOne) {
  EXPECT_EQ(read(200, ack(names::kAck), Ack::wanted), Reception::taken);
  EXPECT_EQ(read(200, ack(names::kHistoricAck), Ack::wanted), Reception::taken);
  EXPECT_EQ(read(200, ack(names::kAck, "uuid:2"), Ack::wanted), Reception::failed);
  EXPECT_EQ(read(200, ack("urn:ack"), Ack::wanted), Reception::failed);
  EXPECT_EQ(read(200, "", Ack::wanted), Reception::failed);
  EXPECT_EQ(read(202, "thank you", Ack::wanted), Reception::failed);
  EXPECT_EQ(read(500, ack(names::kAck), Ack::wanted), Reception::failed);
}

TEST(SinkReply, WithoutAnAckTheStatusSays) {
  EXPECT_EQ(read(200, "", Ack::not_wanted), Reception::taken);
  EXPECT_EQ(read(202, "whatever", Ack::not_wanted), Reception::taken);
  EXPECT_EQ(read(404, "", Ack::not_wanted), Reception::failed);
  EXPECT_EQ(read(503, "", Ack::not_wanted), Reception::failed);
}

TEST(SinkReply, DeliveryRefusedIsForGoodAndOtherFaultsAreNot) {
  for (const Ack wanted : {Ack::wanted, Ack::not_wanted}) {
    EXPECT_EQ(read(500, fault("w:DeliveryRefused"), wanted), Reception::refused);
    EXPECT_EQ(read(200, fault("w:DeliveryRefused"), wanted), Reception::refused);
    EXPECT_EQ(read(500, fault("w:InternalError"), wanted), Reception::failed);
  }
}

TEST(SinkReply, WhatIsNoSoundXmlIsNotLookedAt) {
  EXPECT_EQ(read(500, "<!DOCTYPE a><a/>", Ack::not_wanted), Reception::failed);
  EXPECT_EQ(read(500, fault("w:DeliveryRefused") + std::string(70000, ' '), Ack::not_wanted),
            Reception::failed);
  EXPECT_EQ(read(500, "<a>", Ack::not_wanted), Reception::failed);
}

}  // namespace
}  // namespace muster::wsman
