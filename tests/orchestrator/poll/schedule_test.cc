// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/schedule.h"

#include <algorithm>
#include <map>
#include <vector>

#include <gtest/gtest.h>

namespace muster {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Time = Schedule::Time;

const Time kStart(seconds(1'000'003));
constexpr int kHosts = 6'000;

Schedule fleet(milliseconds interval, int hosts = kHosts) {
  Schedule schedule(interval);
  for (int i = 0; i < hosts; ++i) schedule.add("web" + std::to_string(i), kStart);
  return schedule;
}

TEST(Schedule, every_host_has_one_turn_in_each_interval) {
  auto schedule = fleet(minutes(1));
  std::map<std::string, int> turns;
  for (Time now = kStart; now < kStart + minutes(10); now += milliseconds(100)) {
    for (const auto& due : schedule.take_due(now + milliseconds(100))) ++turns[due.host];
  }
  ASSERT_EQ(turns.size(), static_cast<std::size_t>(kHosts));
  for (const auto& [host, count] : turns) EXPECT_EQ(count, 10) << host;
  EXPECT_EQ(schedule.missed(), 0U);
}

TEST(Schedule, phases_are_spread_over_the_interval) {
  auto schedule = fleet(minutes(1));
  for (int second = 1; second <= 60; ++second) {
    const auto due = schedule.take_due(kStart + seconds(second)).size();
    EXPECT_GT(due, 50U) << second;  // 100 on average
    EXPECT_LT(due, 160U) << second;
  }
}

TEST(Schedule, slots_do_not_drift_however_late_they_are_taken) {
  Schedule schedule(seconds(10));
  schedule.add("web1", kStart);
  const auto first = schedule.next().value();
  Time now = first;
  for (int turn = 1; turn <= 1'000; ++turn) {
    ASSERT_EQ(schedule.take_due(now + milliseconds(900)).size(), 1U);
    ASSERT_EQ(schedule.next().value(), first + seconds(10) * turn);
    now = *schedule.next();
  }
}

TEST(Schedule, after_a_pause_there_is_no_herd_and_what_was_missed_is_counted) {
  auto schedule = fleet(minutes(1));
  const auto resumed = kStart + minutes(10);
  const auto at_once = schedule.take_due(resumed);
  EXPECT_LT(at_once.size(), static_cast<std::size_t>(kHosts) / 9);  // those of the grace period alone
  EXPECT_EQ(schedule.missed() + at_once.size(), static_cast<std::uint64_t>(kHosts) * 10);
  for (int second = 1; second <= 60; ++second) {
    EXPECT_LT(schedule.take_due(resumed + seconds(second)).size(), 160U) << second;
  }
}

TEST(Schedule, a_phase_depends_on_the_name_alone) {
  Schedule alone(minutes(1));
  alone.add("web7", kStart + minutes(3));
  auto crowd = fleet(minutes(1), 100);
  Time slot{};
  for (const auto& due : crowd.take_due(kStart + minutes(1))) {
    if (due.host == "web7") slot = due.at;
  }
  EXPECT_EQ((alone.next().value() - slot) % minutes(1), Time::duration::zero());
}

TEST(Schedule, removed_hosts_have_no_turn_and_adding_twice_changes_nothing) {
  Schedule schedule(seconds(10));
  schedule.add("web1", kStart);
  schedule.add("web1", kStart + seconds(3));
  EXPECT_EQ(schedule.take_due(kStart + seconds(10)).size() + schedule.missed(), 1U);
  schedule.remove("web1");
  schedule.remove("ghost");
  EXPECT_FALSE(schedule.next());
  EXPECT_TRUE(schedule.take_due(kStart + minutes(5)).empty());
}

TEST(StableHash, never_changes_between_releases) {
  EXPECT_EQ(stable_hash(""), 17058014651485797458U);
  EXPECT_EQ(stable_hash("web1"), 18256202505995556869U);
  EXPECT_EQ(stable_hash("web2"), 11672844132068046536U);
}

}  // namespace
}  // namespace muster
