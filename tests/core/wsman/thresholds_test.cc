// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/thresholds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/wsman/fixture.h"

namespace muster::wsman {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ThresholdsTest : public ::testing::Test {
 protected:
  ThresholdsTest() {
    source_.instances = {disk("sda", 10), disk("sdb", 10)};
    watch_.class_name = "TEST_Disk";
    watch_.filtered = true;
    watch_.words = "large disks";
    Query query{Query::Kind::enumerate, "TEST_Disk", {}, {}};
    query.shape.dialect = ItemShape::Dialect::wql;
    query.shape.expression = "select Name from TEST_Disk where BytesTotal > 100";
    watch_.queries.push_back(query);
  }
  void set(std::size_t number, std::uint64_t bytes) { source_.instances.at(number).set("BytesTotal", bytes); }
  static EventSource::Listener into(std::vector<std::string>& heard) {
    return {[&heard](const std::string& item, const EventSource::Taken& taken) {
              EXPECT_FALSE(taken);
              heard.push_back(between(item, "<p:Name>", "</p:Name>"));
            },
            [](const auto& problem) { EXPECT_FALSE(problem); }, nullptr};
  }
  void start(const std::string& id = "one") { thresholds_.start(id, watch_, {}, into(heard_)); }
  void look() {
    now_ += 10s;
    thresholds_.tick();
  }
  std::vector<std::string> heard() { return std::exchange(heard_, {}); }

  MemorySource source_;
  Thresholds::Time now_{};
  Thresholds thresholds_{source_, [this] { return now_; }};
  Watch watch_;
  std::vector<std::string> heard_;
};

TEST_F(ThresholdsTest, AnInstanceThatBeginsToFulfilTheConditionIsOneEventUntilItCeases) {
  start();
  thresholds_.tick();
  EXPECT_THAT(heard(), IsEmpty());
  set(0, 200);
  look();
  EXPECT_THAT(heard(), ElementsAre("sda"));
  look();
  EXPECT_THAT(heard(), IsEmpty());
  set(0, 10);
  set(1, 200);
  look();
  EXPECT_THAT(heard(), ElementsAre("sdb"));
  set(0, 200);
  look();
  EXPECT_THAT(heard(), ElementsAre("sda"));
}

TEST_F(ThresholdsTest, WhatFulfilsTheConditionAtTheFirstLookIsAnEvent) {
  set(1, 200);
  start();
  thresholds_.tick();
  EXPECT_THAT(heard(), ElementsAre("sdb"));
}

TEST_F(ThresholdsTest, WithoutAFilterOnlyWhatAppearsLaterIsAnEvent) {
  watch_.filtered = false;
  watch_.queries[0].shape = {};
  start();
  thresholds_.tick();
  EXPECT_THAT(heard(), IsEmpty());
  source_.instances.push_back(disk("sdc", 1));
  look();
  EXPECT_THAT(heard(), ElementsAre("sdc"));
}

TEST_F(ThresholdsTest, AsksAtTheIntervalAndNotBefore) {
  start();
  for (int i = 0; i < 25; ++i) {
    thresholds_.tick();
    now_ += 1s;
  }
  EXPECT_EQ(source_.asked.size(), 3U);  // at 0, 10 and 20 s
}

TEST_F(ThresholdsTest, AsksOneQuestionForAllThatWatchTheSame) {
  start("one");
  std::vector<std::string> other;
  set(0, 200);
  thresholds_.tick();
  EXPECT_THAT(heard(), ElementsAre("sda"));
  thresholds_.start("two", watch_, {}, into(other));
  thresholds_.tick();
  EXPECT_THAT(other, ElementsAre("sda")) << "whoever comes later hears what is so already";
  EXPECT_THAT(heard(), IsEmpty());
  EXPECT_EQ(thresholds_.questions(), 1U);
  set(1, 200);
  look();
  EXPECT_EQ(source_.asked.size(), 3U);
  EXPECT_THAT(heard(), ElementsAre("sdb"));
  EXPECT_THAT(other, ElementsAre("sda", "sdb"));
}

TEST_F(ThresholdsTest, ALookThatFailsChangesNothing) {
  set(0, 200);
  start();
  thresholds_.tick();
  EXPECT_THAT(heard(), ElementsAre("sda"));
  source_.error = Error{Errc::timeout, "slow", {}};
  look();
  source_.error.reset();
  look();
  EXPECT_THAT(heard(), IsEmpty()) << "it held all the time, as far as is known";
}

TEST_F(ThresholdsTest, DoesNotAskAgainWhileAnAnswerIsOutstanding) {
  source_.hold = true;
  start();
  for (int i = 0; i < 60; ++i) look();
  EXPECT_EQ(source_.asked.size(), 1U);
  source_.held.front()();
  look();
  EXPECT_EQ(source_.asked.size(), 2U);
}

// The interval is shorter than what a host under load needs for an answer.
TEST_F(ThresholdsTest, AnAnswerMayTakeLongerThanTheInterval) {
  watch_.interval = 1s;
  set(0, 200);
  source_.hold = true;
  start();
  thresholds_.tick();
  EXPECT_EQ(source_.deadlines.at(0), Thresholds::kLongestLook);
  now_ += 5s;
  source_.held.front()();
  EXPECT_THAT(heard(), ElementsAre("sda"));
}

TEST_F(ThresholdsTest, AsksFewAtATime) {
  source_.hold = true;
  for (int i = 0; i < 10; ++i) {
    watch_.words = "condition " + std::to_string(i);
    start(std::to_string(i));
  }
  thresholds_.tick();
  EXPECT_EQ(source_.asked.size(), Thresholds::kAtOnce);
}

TEST_F(ThresholdsTest, AStoppedWatchIsNotToldAndNotAskedFor) {
  source_.hold = true;
  set(0, 200);
  start();
  thresholds_.tick();
  thresholds_.stop("one");
  source_.held.front()();
  look();
  EXPECT_THAT(heard(), IsEmpty());
  EXPECT_EQ(thresholds_.questions(), 0U);
  EXPECT_EQ(source_.asked.size(), 1U);
}

TEST_F(ThresholdsTest, NeedsAFilterUnlessAppearingIsAnEvent) {
  EXPECT_FALSE(thresholds_.check(watch_));
  watch_.filtered = false;
  EXPECT_EQ(thresholds_.check(watch_)->detail, "FilteringRequired");
  watch_.class_name = "scx_filesystem";
  EXPECT_FALSE(thresholds_.check(watch_));
  watch_.class_name = "SCX_LogFile";
  EXPECT_EQ(thresholds_.check(watch_)->code, FaultCode::action_not_supported);
}

}  // namespace
}  // namespace muster::wsman
