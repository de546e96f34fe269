// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/frames.h"

#include <gtest/gtest.h>

namespace muster::courier {
namespace {

using namespace std::chrono_literals;

TEST(CourierFrames, AnOrderArrivesAsItWasSent) {
  const wsman::Order order{"uuid:1", "alice", "stream", "<text/>", 1500ms};
  const auto read = parse_order(order_frame(ipc::Tag::order, 1, order));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, order.id);
  EXPECT_EQ(read->principal, order.principal);
  EXPECT_EQ(read->stream, order.stream);
  EXPECT_EQ(read->text, order.text);
  EXPECT_EQ(read->lifetime, 1500ms);
}

TEST(CourierFrames, WhatIsNoOrderIsMalformed) {
  const wsman::Order order{"uuid:1", "alice", "stream", "<text/>", 1500ms};
  for (std::size_t cut = 0; cut < 5; ++cut) {
    ipc::Frame frame = order_frame(ipc::Tag::order, 1, order);
    frame.fields.resize(cut);
    EXPECT_FALSE(parse_order(frame));
  }
  for (const char* const time : {"", "-1", "x", "1x", "99999999999999"}) {
    ipc::Frame frame = order_frame(ipc::Tag::order, 1, order);
    frame.fields[4] = time;
    EXPECT_FALSE(parse_order(frame)) << time;
  }
  ipc::Frame nameless = order_frame(ipc::Tag::order, 1, order);
  nameless.fields[0].clear();
  EXPECT_FALSE(parse_order(nameless));
  ipc::Frame long_one = order_frame(ipc::Tag::order, 1, order);
  long_one.fields[3].assign(wsman::Courier::kMaxText + 1, 'x');
  EXPECT_FALSE(parse_order(long_one));
}

TEST(CourierFrames, LossesArriveAsTheyWereSentAndNothingElseIsOne) {
  EXPECT_EQ(parse_lost(lost_frame("stream", 12)), 12U);
  for (const ipc::Frame& other : {ipc::Frame{ipc::Tag::put, 0, {"stream", "12"}},
                                  ipc::Frame{ipc::Tag::put, 0, {"stream", "12", std::string(kAgain)}},
                                  ipc::Frame{ipc::Tag::put, 0, {"stream", "-1", std::string(kLost)}},
                                  ipc::Frame{ipc::Tag::put, 0, {"stream", "", std::string(kLost)}},
                                  ipc::Frame{ipc::Tag::put, 0, {"stream", "99999999999", std::string(kLost)}},
                                  ipc::Frame{ipc::Tag::close, 0, {"stream", "12", std::string(kLost)}}}) {
    EXPECT_FALSE(parse_lost(other)) << other.fields[1];
  }
}

TEST(CourierFrames, AFaultArrivesAsItWasSent) {
  EXPECT_FALSE(*parse_settled(settled_frame(1, std::nullopt)));
  const wsman::Fault fault{wsman::FaultCode::invalid_bookmark, "too old", "Expired"};
  const auto read = parse_settled(settled_frame(1, fault));
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->code, fault.code);
  EXPECT_EQ((*read)->detail, "Expired");
  EXPECT_EQ((*read)->reason, "too old");
}

TEST(CourierFrames, WhatIsNoFaultIsMalformed) {
  EXPECT_FALSE(parse_settled({ipc::Tag::settled, 1, {"bookmark"}}));
  EXPECT_FALSE(parse_settled({ipc::Tag::settled, 1, {"nonsense", "", ""}}));
  EXPECT_FALSE(parse_settled({ipc::Tag::settled, 1, {"bookmark", "Nonsense", ""}}));
}

}  // namespace
}  // namespace muster::courier
