// SPDX-License-Identifier: GPL-2.0-or-later
// The courier as a real process with real files, a real sink over TLS, and SIGKILL at any point. The test speaks to it
// as the front does.
#include "agent/courier/courier.h"

#include <algorithm>
#include <filesystem>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include "agent/courier/frames.h"
#include "agent/courier/order_file.h"
#include "agent/ipc/channel.h"
#include "core/base/log.h"
#include "tests/agent/courier/sink_process.h"
#include "tests/core/wsman/eventing_fixture.h"

namespace muster::courier {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Manner;
using ::testing::Not;
using testing::SinkProcess;
using ::testing::SizeIs;
using wsman::testing::delivery;
using wsman::testing::notify_to;
using Clock = std::chrono::steady_clock;

constexpr auto kPatience = 30s;

agent::IdentityText identity() {
  const http::testing::Identity own(tls::testing::our_authority(), {"localhost"}, tls::Purpose::gateway);
  const auto key = own.key.pem(Secret());
  return {Secret(key->reveal()),
          own.chain[0].pem() + own.chain[1].pem() + tls::testing::our_authority().root.pem()};
}

class CourierTest : public ::testing::Test {
 protected:
  CourierTest() {
    log::threshold(log::Level::error);
    config_.state_folder = folder_.path();
    EXPECT_TRUE(make_folders(folder_.path() + agent::kEventFolder, 0700));
    config_.event_destinations = {sink_.authority()};
    start();
  }
  void TearDown() override { kill(); }

  void start() {
    auto pair = std::move(*ipc::Channel::make_pair());
    child_ = ::fork();
    if (child_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      pair.first.reset();
      const auto done = agent::run_courier({config_, identity(), std::move(pair.second), activity_});
      if (!done) log::error("courier", done.error());
      ::_exit(done ? 0 : 1);
    }
    front_.emplace(std::move(pair.first), ipc::Party::front, ipc::Party::courier, ipc::State::serving);
    resumed_.clear();
    all_resumed_ = false;
  }
  void kill() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
  }

  // Takes what the courier says for as long as `wanted` is not true; false when it never was.
  bool until(const std::function<bool()>& wanted) {
    const auto limit = Clock::now() + kPatience;
    while (!wanted()) {
      if (Clock::now() > limit) return false;
      pollfd wait{front_->fd(), POLLIN, 0};
      ::poll(&wait, 1, 20);
      for (;;) {
        auto arrival = front_->receive();
        if (!arrival) return wanted();
        if (!*arrival) break;
        take((*arrival)->frame);
      }
    }
    return true;
  }
  void take(const ipc::Frame& frame) {
    if (frame.tag == ipc::Tag::settled) settled_[frame.id] = *parse_settled(frame);
    if (frame.tag == ipc::Tag::resumed && !frame.fields.empty()) resumed_.push_back(frame.fields[0]);
    all_resumed_ |= frame.tag == ipc::Tag::resumed && frame.fields.empty();
    if (frame.tag == ipc::Tag::ended) ended_.push_back(frame.fields[0]);
    if (frame.tag == ipc::Tag::arrived) arrived_.push_back(frame.fields);
  }
  std::uint64_t ask(ipc::Frame frame) {
    frame.id = next_id_++;
    EXPECT_TRUE(front_->send(frame));
    return frame.id;
  }
  bool is_settled(std::uint64_t id) const { return settled_.contains(id); }
  std::optional<wsman::Fault> answer_to(ipc::Frame frame) {
    const auto id = ask(std::move(frame));
    EXPECT_TRUE(until([&] { return is_settled(id); }));
    return settled_[id];
  }

  wsman::Order order(const std::string& id, std::string_view mode, std::string_view inside = {},
                     std::string_view after = {}) {
    const std::string to = notify_to("https://" + sink_.authority() + "/events");
    const std::string where = mode == wsman::names::kPullMode ? "" : to;
    return {id, "alice", "stream",
            wsman::testing::subscribe("TEST_Disk", delivery(mode, where + std::string(inside)) +
                                                       std::string(after) + wsman::testing::kFullDisks),
            1h};
  }
  std::optional<wsman::Fault> open(const wsman::Order& order) {
    return answer_to(order_frame(ipc::Tag::order, 0, order));
  }
  std::uint64_t put(const std::string& item) { return ask({ipc::Tag::put, 0, {"stream", item}}); }
  // The one with this ending among the courier's.
  std::string file(std::string_view ending) {
    for (const auto& each : std::filesystem::directory_iterator(folder_.path() + agent::kEventFolder)) {
      if (each.path().extension() == ending) return each.path();
    }
    return {};
  }
  bool sink_has(std::size_t messages) {
    return until([&] { return sink_.messages().size() >= messages; });
  }

  SinkProcess sink_;
  muster::testing::TemporaryFolder folder_;
  agent::Config config_;
  ipc::Activity activity_ = std::move(*ipc::Activity::shared());
  pid_t child_ = -1;
  std::optional<ipc::Channel> front_;
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, std::optional<wsman::Fault>> settled_;
  std::vector<std::string> resumed_;
  bool all_resumed_ = false;
  std::vector<std::string> ended_;
  std::vector<std::vector<std::string>> arrived_;
};

TEST_F(CourierTest, TakesAnEventToItsSink) {
  ASSERT_FALSE(open(order("uuid:1", wsman::names::kPushMode)));
  put("<event>1</event>");
  ASSERT_TRUE(sink_has(1));
  EXPECT_THAT(sink_.messages()[0],
              AllOf(HasSubstr("<event>1</event>"), HasSubstr(wsman::names::kEvent),
                    HasSubstr("<wsa:To>https://" + sink_.authority() + "/events</wsa:To>")));
}

// By which the monitor tells a courier that works from one that burns its core.
TEST_F(CourierTest, SaysHowMuchItHasDone) {
  ASSERT_FALSE(open(order("uuid:1", wsman::names::kPushMode)));
  ASSERT_TRUE(until([&] { return activity_.courier_work() == 1; })) << "a word of the front";
  put("<event>1</event>");
  EXPECT_TRUE(until([&] { return activity_.courier_work() == 3; })) << "a word, and an answer of the sink";
}

TEST_F(CourierTest, ConnectsNowhereElseWhateverTheFrontSays) {
  config_.event_destinations = {"localhost:1"};
  kill();
  start();
  const auto fault = open(order("uuid:1", wsman::names::kPushMode));
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->code, wsman::FaultCode::event_deliver_to_unusable);
  put("<event/>");
  EXPECT_FALSE(answer_to({ipc::Tag::put, 0, {"stream", "<event/>"}}));
  EXPECT_THAT(sink_.messages(), IsEmpty());
}

TEST_F(CourierTest, WithoutAnAckItSendsTheSameAgain) {
  sink_.behave(Manner::answers_without_ack);
  ASSERT_FALSE(open(order("uuid:1", wsman::names::kPushWithAckMode)));
  put("<event>1</event>");
  put("<event>2</event>");
  ASSERT_TRUE(sink_has(2));
  const auto sent = sink_.messages();
  EXPECT_EQ(sent[0], sent[1]) << "the same message under the same MessageID";
  sink_.behave(Manner::acknowledges);
  EXPECT_TRUE(until([&] {
    const auto all = sink_.messages();
    return all.back().find("<event>2</event>") != std::string::npos;
  }));
}

TEST_F(CourierTest, GathersBatches) {
  ASSERT_FALSE(open(order("uuid:1", wsman::names::kEventsMode,
                          "<w:MaxElements>4</w:MaxElements><w:MaxTime>PT60S</w:MaxTime>")));
  for (int i = 0; i < 8; ++i) put("<event>" + std::to_string(i) + "</event>");
  ASSERT_TRUE(sink_has(2));
  EXPECT_THAT(sink_.messages()[0],
              AllOf(HasSubstr("<event>0<"), HasSubstr("<event>3<"), Not(HasSubstr("<event>4<"))));
  EXPECT_THAT(sink_.messages()[1], AllOf(HasSubstr("<event>4<"), HasSubstr("<event>7<")));
}

TEST_F(CourierTest, ASinkThatRefusesIsLeftAlone) {
  sink_.behave(Manner::refuses);
  ASSERT_FALSE(open(order("uuid:1", wsman::names::kPushMode)));
  put("<event/>");
  ASSERT_TRUE(until([&] { return !ended_.empty(); }));
  EXPECT_EQ(ended_.front(), "uuid:1");
  EXPECT_THAT(sink_.messages(), SizeIs(1));
  kill();
  start();
  put("<event/>");
  EXPECT_FALSE(answer_to({ipc::Tag::close, 0, {"uuid:1"}}));
  EXPECT_THAT(resumed_, IsEmpty());
}

TEST_F(CourierTest, AfterItsRetriesASubscriptionEndsAndEndToIsTold) {
  sink_.behave(Manner::fails);
  wsman::Order one =
      order("uuid:1", wsman::names::kPushMode, "<w:ConnectionRetry Total='1'>PT1S</w:ConnectionRetry>",
            "<e:EndTo><a:Address>https://" + sink_.authority() + "/end</a:Address></e:EndTo>");
  ASSERT_FALSE(open(one));
  put("<event/>");
  ASSERT_TRUE(until([&] { return !ended_.empty(); }));
  ASSERT_TRUE(sink_has(3));
  EXPECT_THAT(sink_.messages()[2], AllOf(HasSubstr(wsman::names::kSubscriptionEnd),
                                         HasSubstr("DeliveryFailure"), HasSubstr("uuid:1")));
}

TEST_F(CourierTest, ASinkThatDiesAndComesBackGetsEverything) {
  ASSERT_FALSE(open(order("uuid:1", wsman::names::kPushWithAckMode)));
  put("<event>1</event>");
  ASSERT_TRUE(sink_has(1));
  sink_.stop();
  for (int i = 2; i <= 5; ++i) put("<event>" + std::to_string(i) + "</event>");
  sink_.start();
  EXPECT_TRUE(until([&] {
    const auto all = sink_.messages();
    return all.back().find("<event>5</event>") != std::string::npos;
  }));
}

TEST_F(CourierTest, SendsHeartbeats) {
  ASSERT_FALSE(open(order("uuid:1", wsman::names::kPushMode, "<w:Heartbeats>PT1S</w:Heartbeats>")));
  ASSERT_TRUE(sink_has(2));
  EXPECT_THAT(sink_.messages(), Each(HasSubstr(wsman::names::kHeartbeat)));
}

TEST_F(CourierTest, APullGoesOnFromItsBookmarkAfterAnyEnd) {
  ASSERT_FALSE(open(order("uuid:1", wsman::names::kPullMode, "", "<w:SendBookmarks/>")));
  for (int i = 1; i <= 3; ++i) put("<event>" + std::to_string(i) + "</event>");
  ASSERT_TRUE(until([&] { return arrived_.size() == 3; }));
  const std::string bookmark = arrived_[0][2];
  kill();
  start();
  arrived_.clear();
  ASSERT_FALSE(
      open(order("uuid:2", wsman::names::kPullMode, "", "<w:Bookmark>" + bookmark + "</w:Bookmark>")));
  ASSERT_TRUE(until([&] { return arrived_.size() == 2; }));
  EXPECT_EQ(arrived_[0][0], "uuid:2");
  EXPECT_EQ(arrived_[0][1], "<event>2</event>");
  EXPECT_EQ(arrived_[1][1], "<event>3</event>");
  arrived_.clear();
  ASSERT_FALSE(open(order("uuid:3", wsman::names::kPullMode, "",
                          "<w:Bookmark>" + std::string(wsman::names::kEarliest) + "</w:Bookmark>")));
  ASSERT_TRUE(until([&] { return arrived_.size() == 3; }));
  EXPECT_EQ(arrived_[0][1], "<event>1</event>");
  const auto fault = open(order("uuid:4", wsman::names::kPullMode, "", "<w:Bookmark>nonsense</w:Bookmark>"));
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->code, wsman::FaultCode::invalid_bookmark);
}

TEST_F(CourierTest, WhatTheFrontCouldNotKeepIsToldAsDropped) {
  ASSERT_FALSE(open(order("uuid:1", wsman::names::kPushMode)));
  EXPECT_FALSE(answer_to(lost_frame("stream", 7)));
  EXPECT_FALSE(answer_to(lost_frame("another", 7)));
  ASSERT_TRUE(sink_has(1));
  EXPECT_THAT(sink_.messages()[0], HasSubstr(">7</wsman:DroppedEvents>"));
}

TEST_F(CourierTest, AndToTheFrontWhenItIsPulled) {
  ASSERT_FALSE(open(order("uuid:1", wsman::names::kPullMode, "", "<w:SendBookmarks/>")));
  EXPECT_FALSE(answer_to(lost_frame("stream", 7)));
  put("<event>1</event>");
  ASSERT_TRUE(until([&] { return arrived_.size() == 2; }));
  EXPECT_EQ(parse_dropped({ipc::Tag::arrived, 0, arrived_[0]}), 7U);
  EXPECT_EQ(arrived_[1][1], "<event>1</event>");
}

// By which the front hears of what was not taken up.
TEST_F(CourierTest, SaysWhenItHasNamedAllThatItTookUp) {
  ASSERT_FALSE(open(order("uuid:1", wsman::names::kPushMode)));
  ASSERT_FALSE(open(order("uuid:2", wsman::names::kPushMode)));
  kill();
  std::filesystem::resize_file(file(".sub"), 5);
  start();
  ASSERT_TRUE(until([&] { return all_resumed_; }));
  EXPECT_THAT(resumed_, SizeIs(1));
}

// Whether it was removed, is no log any more, or has lost its end.
TEST_F(CourierTest, AfterItsLogWasLostAStreamGoesOnAndTheSinkIsTold) {
  using Path = std::filesystem::path;
  const std::function<void(const Path&)> faults[] = {
      [](const Path& log) { std::filesystem::remove(log); },
      [](const Path& log) { std::filesystem::resize_file(log, 5); },
      [](const Path& log) { std::filesystem::resize_file(log, std::filesystem::file_size(log) - 1); }};
  ASSERT_FALSE(open(order("uuid:1", wsman::names::kPushWithAckMode)));
  std::size_t sent = 0;
  for (std::size_t lost = 0; lost < std::size(faults); ++lost) {
    for (int i = 0; i < 3; ++i) put("<event>before</event>");
    ASSERT_TRUE(sink_has(sent += 3));
    const std::uint64_t last = lost == 0 ? 3 : 4;
    ASSERT_TRUE(until([&] { return OrderFile::read(file(".sub"))->position().taken == last; })) << lost;
    kill();
    faults[lost](file(".log"));
    start();
    ASSERT_TRUE(until([&] { return !resumed_.empty(); }));
    ASSERT_TRUE(sink_has(++sent)) << lost;
    EXPECT_THAT(sink_.messages().back(),
                HasSubstr(">" + std::to_string(lost + 1) + "</wsman:DroppedEvents>"));
    put("<event>after</event>");
    ASSERT_TRUE(sink_has(++sent)) << lost;
    EXPECT_THAT(sink_.messages().back(), HasSubstr("<event>after</event>"));
  }
}

// The promise: what was settled arrives, however often and whenever the process is killed.
TEST_F(CourierTest, KilledAtAnyPointItLosesNoSettledEvent) {
  ASSERT_FALSE(open(order("uuid:1", wsman::names::kPushWithAckMode)));
  std::mt19937 random(20261121);  // the same moments in every run, as far as the machine allows
  std::set<int> settled;
  std::map<std::uint64_t, int> asked;
  int number = 0;
  for (int round = 0; round < 25; ++round) {
    const std::size_t enough = settled.size() + random() % 6;
    const auto deadline = Clock::now() + std::chrono::microseconds(random() % 60000);
    for (int i = 0; i < 8; ++i) {
      const int next = ++number;
      asked[put("<event>" + std::to_string(next) + "</event>")] = next;
    }
    until([&] {
      for (const auto& [id, what] : asked) {
        if (is_settled(id)) settled.insert(what);
      }
      return settled.size() >= enough || Clock::now() > deadline;
    });
    kill();
    start();
    ASSERT_TRUE(until([&] { return !resumed_.empty(); })) << "round " << round;
    EXPECT_EQ(resumed_.front(), "uuid:1");
  }
  ASSERT_GT(settled.size(), 10U) << "the test has to have something to lose";
  const auto missing = [&] {
    std::set<int> left = settled;
    for (const std::string& message : sink_.messages()) {
      const auto at = message.find("<event>");
      if (at != std::string::npos) left.erase(std::stoi(message.substr(at + 7)));
    }
    return left;
  };
  EXPECT_TRUE(until([&] { return missing().empty(); }))
      << missing().size() << " of " << settled.size() << " lost";
}

}  // namespace
}  // namespace muster::courier
