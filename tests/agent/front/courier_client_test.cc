// SPDX-License-Identifier: GPL-2.0-or-later
// The front's end, with the courier played by the test at the other end of a real channel.
#include "agent/front/courier_client.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/courier/frames.h"

namespace muster::agent {
namespace {

using namespace std::chrono_literals;
using ipc::Tag;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class CourierClientTest : public ::testing::Test {
 protected:
  CourierClientTest() {
    client_.listen({[this](const wsman::Order& order) { resumed_.push_back(order.id); },
                    [](const std::string&) {}, [](const std::string&, const wsman::KeptEvent&) {}, [] {},
                    [this](const std::set<std::string>& ids) { all_resumed_ = ids; },
                    [this](const std::string& id, std::uint64_t events) { dropped_[id] += events; }});
  }
  // A new courier, which has heard nothing yet.
  void connect() {
    auto pair = std::move(*ipc::Channel::make_pair());
    client_.connect(std::move(pair.first));
    courier_.emplace(std::move(pair.second), ipc::Party::courier, ipc::Party::front, ipc::State::serving);
    heard_.clear();
  }
  // Runs until it is true; false when it never was.
  bool until(const std::function<bool()>& wanted) {
    bool was = false;
    const auto look = loop_.every(2ms, [&] {
      hear();
      was = wanted();
      if (was) loop_.stop();
    });
    const auto limit = loop_.after(20s, [this] { loop_.stop(); });
    loop_.run();
    return was;
  }
  void hear() {
    for (;;) {
      auto arrival = courier_->receive();
      if (!arrival || !*arrival) return;
      heard_.push_back((*arrival)->frame);
    }
  }
  std::vector<std::vector<std::string>> heard(Tag tag) const {
    std::vector<std::vector<std::string>> fields;
    for (const ipc::Frame& frame : heard_) {
      if (frame.tag == tag) fields.push_back(frame.fields);
    }
    return fields;
  }
  static wsman::Order order(const std::string& id) { return {id, "alice", "stream", "<text/>", 1h}; }

  http::Loop loop_;
  CourierClient client_{loop_, {"sink:443"}, [] {}};
  std::optional<ipc::Channel> courier_;
  std::vector<ipc::Frame> heard_;
  std::vector<std::string> resumed_;
  std::optional<std::set<std::string>> all_resumed_;
  std::map<std::string, std::uint64_t> dropped_;
};

TEST_F(CourierClientTest, TellsWhichSubscriptionsANewCourierHas) {
  client_.open(order("uuid:asked"), [](const std::optional<wsman::Fault>&) {});
  connect();
  ASSERT_TRUE(courier_->send(courier::order_frame(Tag::resumed, 0, order("uuid:kept"))));
  ASSERT_TRUE(until([&] { return !resumed_.empty(); }));
  EXPECT_FALSE(all_resumed_) << "more may follow";
  ASSERT_TRUE(courier_->send({Tag::resumed, 0, {}}));
  ASSERT_TRUE(until([&] { return all_resumed_.has_value(); }));
  EXPECT_THAT(*all_resumed_, UnorderedElementsAre("uuid:asked", "uuid:kept"));
  all_resumed_.reset();
  connect();
  ASSERT_TRUE(courier_->send({Tag::resumed, 0, {}}));
  ASSERT_TRUE(until([&] { return all_resumed_.has_value(); }));
  EXPECT_THAT(*all_resumed_, ElementsAre("uuid:asked")) << "this one has not named the other";
}

// With nothing settled, what ends a subscription is told all the same, once, and how long it lives as it was said last.
TEST_F(CourierClientTest, AFullQueueKeepsNoSubscriptionAlive) {
  for (std::size_t i = 0; i < CourierClient::kMaxUnsettled; ++i) client_.put("stream", "<e/>", nullptr);
  for (int i = 0; i < 3; ++i) {
    client_.close("uuid:1");
    client_.end("uuid:2", "its source has ended");
    client_.close("uuid:2");
    client_.renew("uuid:3", std::chrono::hours(i + 1));
  }
  connect();
  ASSERT_TRUE(until([&] { return heard_.size() == CourierClient::kMaxUnsettled + 3; }));
  EXPECT_THAT(heard(Tag::close),
              ElementsAre(ElementsAre("uuid:1"), ElementsAre("uuid:2", "its source has ended")));
  EXPECT_THAT(heard(Tag::renew), ElementsAre(ElementsAre("uuid:3", "10800000")));
}

TEST_F(CourierClientTest, NoticesAreBoundedAndLeaveTheRoomOfEventsAlone) {
  for (std::size_t i = 0; i < CourierClient::kMaxNotices + 10; ++i) client_.close(std::to_string(i));
  std::optional<wsman::Fault> refused;
  client_.put("stream", "<e/>", [&](const std::optional<wsman::Fault>& fault) { refused = fault; });
  EXPECT_FALSE(refused);
  connect();
  ASSERT_TRUE(until([&] { return heard(Tag::put).size() == 1; }));
  EXPECT_EQ(heard(Tag::close).size(), CourierClient::kMaxNotices);
}

// They are larger than what a socket holds.
TEST_F(CourierClientTest, EverythingIsSaidAgainToTheNextCourierInOrder) {
  const std::string item(8000, 'x');
  for (std::size_t i = 0; i < 500; ++i) client_.put(std::to_string(i), item, nullptr);
  for (int round = 0; round < 2; ++round) {
    connect();
    ASSERT_TRUE(until([&] { return heard_.size() >= 500; }));
    for (std::size_t i = 0; i < 500; ++i) ASSERT_EQ(heard_[i].fields[0], std::to_string(i));
  }
}

TEST_F(CourierClientTest, EventsThatFoundNoRoomAreToldAsLostWhenThereIsSome) {
  for (std::size_t i = 0; i < CourierClient::kMaxUnsettled + 2; ++i) client_.put("stream", "<e/>", nullptr);
  client_.put("stream", std::string(wsman::Courier::kMaxItem + 1, 'x'), nullptr);
  bool comes_again = false;
  client_.put("stream", "<e/>",
              [&](const std::optional<wsman::Fault>& fault) { comes_again = fault.has_value(); });
  EXPECT_TRUE(comes_again);
  connect();
  ASSERT_TRUE(until([&] { return heard_.size() == CourierClient::kMaxUnsettled; }));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(courier_->send(courier::settled_frame(heard_[static_cast<std::size_t>(i)].id, std::nullopt)));
  }
  ASSERT_TRUE(until([&] { return heard_.size() > CourierClient::kMaxUnsettled; }));
  EXPECT_EQ(courier::parse_lost(heard_.back()), 3U);
  EXPECT_EQ(heard_.back().fields[0], "stream");
}

TEST_F(CourierClientTest, HandsOnThatEventsForAPullWereDropped) {
  connect();
  ASSERT_TRUE(courier_->send(courier::dropped_frame("uuid:1", 7)));
  ASSERT_TRUE(courier_->send({Tag::arrived, 0, {"uuid:1", "nonsense"}}));
  ASSERT_TRUE(courier_->send(courier::dropped_frame("uuid:2", 1)));
  ASSERT_TRUE(until([&] { return dropped_.contains("uuid:2"); }));
  EXPECT_EQ(dropped_["uuid:1"], 7U);
}

}  // namespace
}  // namespace muster::agent
