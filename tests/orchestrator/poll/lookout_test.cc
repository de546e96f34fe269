// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/lookout.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/poll/poller.h"

namespace muster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Time = Lookout::Time;

Time at(milliseconds offset) {
  return Time(seconds(1'000'000) + offset);
}

TEST(Lookout, a_host_is_due_when_it_has_been_silent) {
  Lookout lookout(seconds(10), seconds(1));
  lookout.add("web1", at(seconds(0)));
  EXPECT_THAT(lookout.take_due(at(seconds(10))), ElementsAre("web1"));
  EXPECT_THAT(lookout.take_due(at(seconds(60))), IsEmpty()) << "one look at a time";
  lookout.answered("web1", at(seconds(60)));
  EXPECT_THAT(lookout.take_due(at(seconds(69))), IsEmpty());
  EXPECT_THAT(lookout.take_due(at(seconds(70))), ElementsAre("web1"));
}

TEST(Lookout, after_a_first_miss_it_is_due_again_soon_and_not_polled_before) {
  Lookout lookout(seconds(10), seconds(1));
  lookout.add("web1", at(seconds(0)));
  ASSERT_TRUE(lookout.begin_poll("web1"));
  EXPECT_FALSE(lookout.begin_poll("web1"));
  lookout.missed("web1", at(seconds(5)));
  EXPECT_FALSE(lookout.begin_poll("web1"));
  EXPECT_THAT(lookout.take_due(at(seconds(6))), ElementsAre("web1"));
  lookout.missed("web1", at(seconds(11)));
  EXPECT_THAT(lookout.take_due(at(seconds(20))), IsEmpty());
  EXPECT_THAT(lookout.take_due(at(seconds(21))), ElementsAre("web1"));
}

TEST(Lookout, first_looks_are_spread_and_removed_hosts_are_forgotten) {
  Lookout lookout(seconds(10), seconds(1));
  for (int i = 0; i < 1'000; ++i) lookout.add("web" + std::to_string(i), at(seconds(0)));
  const auto first = lookout.take_due(at(seconds(1))).size();
  EXPECT_GT(first, 60U);
  EXPECT_LT(first, 140U);
  for (int i = 0; i < 1'000; ++i) lookout.remove("web" + std::to_string(i));
  EXPECT_THAT(lookout.take_due(at(seconds(60))), IsEmpty());
}

// A host that answers each request after `answer_time` until it dies, watched as the poller does.
class Watched {
 public:
  Watched(milliseconds interval, milliseconds answer_time, milliseconds dies)
      : schedule_(interval), answer_time_(answer_time), dies_(at(dies)) {
    schedule_.add("web1", at(milliseconds(0)));
    lookout_.add("web1", at(milliseconds(0)));
  }

  // From its death until the second miss in a row; nothing when that does not come within five minutes.
  std::optional<milliseconds> known_after(milliseconds tick_phase) {
    for (auto now = at(tick_phase); now < dies_ + std::chrono::minutes(5); now += PollerOptions::kTick) {
      if (request_ends_ && *request_ends_ <= now) end_request();
      if (misses_ == Liveness::kMissesUntilDown) {
        return std::chrono::duration_cast<milliseconds>(last_end_ - dies_);
      }
      const auto due = schedule_.take_due(now);
      if (!due.empty() && lookout_.begin_poll("web1")) begin(now, kClasses, options_.plan.class_deadline);
      if (!lookout_.take_due(now).empty()) begin(now, 1, options_.probe_deadline);
    }
    return std::nullopt;
  }
  unsigned probes() const { return probes_; }

 private:
  static constexpr int kClasses = 5;

  // The requests of one look, one after the other: the first that is not answered ends it.
  void begin(Time now, int requests, milliseconds deadline) {
    if (requests == 1) ++probes_;
    auto when = now;
    answered_ = 0;
    for (int i = 0; i < requests; ++i) {
      if (when + answer_time_ > dies_ || answer_time_ > deadline) {
        request_ends_ = when + deadline;
        missed_ = true;
        return;
      }
      when += answer_time_;
      ++answered_;
    }
    request_ends_ = when;
    missed_ = false;
  }

  void end_request() {
    last_end_ = *std::exchange(request_ends_, std::nullopt);
    if (answered_ > 0) {
      lookout_.answered("web1", last_end_);
      misses_ = 0;
    }
    if (!missed_) return;
    lookout_.missed("web1", last_end_);
    ++misses_;
  }

  const PollerOptions options_;
  Schedule schedule_;
  Lookout lookout_{options_.silence, options_.second_look};
  milliseconds answer_time_;
  Time dies_;
  std::optional<Time> request_ends_;
  Time last_end_{};
  int answered_ = 0;
  bool missed_ = false;
  int misses_ = 0;
  unsigned probes_ = 0;
};

class Death : public ::testing::TestWithParam<milliseconds> {};

TEST_P(Death, at_any_time_of_the_period_is_known_within_28_seconds) {
  const auto interval = GetParam();
  milliseconds worst{};
  for (const auto answer_time : {milliseconds(2), milliseconds(900), milliseconds(4'900)}) {
    for (milliseconds offset{0}; offset < std::max<milliseconds>(interval, seconds(20));
         offset += milliseconds(190)) {
      Watched host(interval, answer_time, seconds(70) + offset);
      const auto known = host.known_after(milliseconds(offset.count() % 100));
      ASSERT_TRUE(known) << offset.count() << " ms, answers after " << answer_time.count();
      worst = std::max(worst, *known);
    }
  }
  EXPECT_LE(worst, seconds(28));
  RecordProperty("worst_ms", static_cast<int>(worst.count()));
}

std::string interval_name(const ::testing::TestParamInfo<milliseconds>& tested) {
  return "polled_every_" + std::to_string(tested.param.count()) + "_ms";
}
INSTANTIATE_TEST_SUITE_P(Intervals, Death,
                         ::testing::Values(seconds(1), seconds(5), seconds(10), seconds(15), seconds(60),
                                           seconds(61)),
                         interval_name);

TEST(Lookout, a_host_that_answers_is_probed_at_most_once_in_ten_seconds) {
  Watched host(seconds(60), milliseconds(20), std::chrono::hours(1));
  ASSERT_TRUE(host.known_after(milliseconds(0)));
  EXPECT_LE(host.probes(), 360U + 32U) << "an hour of life, five minutes of death";
  EXPECT_GE(host.probes(), 250U);
}

}  // namespace
}  // namespace muster
