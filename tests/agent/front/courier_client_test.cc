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
                    [this](const std::set<std::string>& ids) { all_resumed_ = ids; }});
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

}  // namespace
}  // namespace muster::agent
