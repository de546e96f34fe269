// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/recorder.h"

#include <csignal>
#include <future>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/orchestrator/poll/local_agent.h"

namespace muster {
namespace {

using testing::host_at;
using testing::State;

std::vector<Sample> samples(int count) {
  std::vector<Sample> all;
  all.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    all.push_back(
        {"web1", WallTime(std::chrono::milliseconds(i + 1)), "C", "i", "p", static_cast<double>(i)});
  }
  return all;
}

// A disk that takes nothing any more, as far as this process is concerned.
class FullDisk {
 public:
  FullDisk() : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before_), 0);
    const rlimit none{0, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &none), 0);
  }
  ~FullDisk() {
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &before_), 0);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  FullDisk(FullDisk&&) = delete;
  FullDisk& operator=(FullDisk&&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

std::chrono::steady_clock::time_point when_failed(Recorder& recorder, std::uint64_t times) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (recorder.figures().failures < times && std::chrono::steady_clock::now() < limit) {
    std::this_thread::yield();
  }
  EXPECT_GE(recorder.figures().failures, times);
  return std::chrono::steady_clock::now();
}

constexpr std::chrono::hours kRetention{168};
const HostHealth kUp{"web1", Health::up, WallTime(std::chrono::seconds(5)), WallTime(std::chrono::seconds(9)),
                     ""};

TEST(Recorder, what_was_put_is_on_disk_when_it_goes) {
  const State state;
  ASSERT_TRUE(state.store().put_host(host_at("web1", 1)));
  {
    const auto recorder = Recorder::start(state.folder(), kRetention, [](const Recorder::Roster&) {});
    ASSERT_TRUE(recorder);
    EXPECT_TRUE((*recorder)->put(samples(2'500), kUp));
  }
  auto store = state.store();
  EXPECT_EQ(*store.sample_count(), 2'500U);
  ASSERT_EQ(store.health()->size(), 1U);
  EXPECT_EQ(store.health()->front().last_seen, kUp.last_seen);
}

TEST(Recorder, more_than_it_can_hold_is_refused_and_counted) {
  const State state;
  ASSERT_TRUE(state.store().put_host(host_at("web1", 1)));
  const auto recorder = Recorder::start(state.folder(), kRetention, [](const Recorder::Roster&) {});
  ASSERT_TRUE(recorder);
  EXPECT_FALSE((*recorder)->put(samples(static_cast<int>(Recorder::kMostWaiting) + 1), kUp));
  EXPECT_EQ((*recorder)->figures().dropped, Recorder::kMostWaiting + 1);
}

TEST(Recorder, a_store_that_fails_is_tried_again_later_and_loses_nothing) {
  const State state;
  ASSERT_TRUE(state.store().put_host(host_at("web1", 1)));
  const auto recorder = Recorder::start(state.folder(), kRetention, [](const Recorder::Roster&) {});
  ASSERT_TRUE(recorder);
  {
    const FullDisk full;
    EXPECT_TRUE((*recorder)->put(samples(2'500), {"web1", Health::down, {}, {}, "older"}));
    const auto first = when_failed(**recorder, 1);
    EXPECT_TRUE((*recorder)->put({}, kUp));
    const auto second = when_failed(**recorder, 2);
    EXPECT_GT(second - first, Recorder::kLongestWait / 2);
  }
  EXPECT_TRUE((*recorder)->finish());
  EXPECT_EQ(*state.store().sample_count(), 2'500U);
  EXPECT_EQ(state.store().health()->front().health, Health::up);
}

TEST(Recorder, what_could_not_be_written_at_the_end_is_a_failure) {
  const State state;
  ASSERT_TRUE(state.store().put_host(host_at("web1", 1)));
  const auto recorder = Recorder::start(state.folder(), kRetention, [](const Recorder::Roster&) {});
  ASSERT_TRUE(recorder);
  const FullDisk full;
  EXPECT_TRUE((*recorder)->put(samples(10), kUp));
  EXPECT_FALSE((*recorder)->finish());
}

TEST(Recorder, samples_beyond_the_retention_are_deleted) {
  const State state;
  auto store = state.store();
  ASSERT_TRUE(store.put_host(host_at("web1", 1)));
  const auto now = std::chrono::system_clock::now();
  auto aged = samples(3);
  aged[0].at = now;
  aged[1].at = now - std::chrono::minutes(119);
  aged[2].at = now - std::chrono::minutes(121);
  ASSERT_TRUE(store.put_poll(aged, {}));
  std::promise<void> looked;
  const auto recorder = Recorder::start(state.folder(), std::chrono::hours(2),
                                        [&](const Recorder::Roster&) { looked.set_value(); });
  ASSERT_TRUE(recorder);
  looked.get_future().wait();
  EXPECT_EQ(*store.sample_count(), 2U);
}

TEST(Recorder, runs_beyond_their_retention_are_deleted) {
  const State state;
  auto store = state.store();
  const auto now = std::chrono::system_clock::now();
  const auto run_of = [&](std::chrono::days age) {
    return store.begin_run({0, "provision", "", "root", now - age, {}, -1}).has_value();
  };
  ASSERT_TRUE(run_of(std::chrono::days(91)) && run_of(std::chrono::days(89)) && run_of(std::chrono::days(0)));
  std::promise<void> looked;
  const auto recorder =
      Recorder::start(state.folder(), kRetention, [&](const Recorder::Roster&) { looked.set_value(); });
  ASSERT_TRUE(recorder);
  looked.get_future().wait();
  EXPECT_EQ(store.runs(10)->size(), 2U);
}

TEST(Recorder, reports_the_roster_at_once_and_when_another_process_changed_it) {
  const State state;
  auto store = state.store();
  ASSERT_TRUE(store.put_host(host_at("web1", 1)));
  std::promise<std::size_t> first;
  std::promise<std::size_t> second;
  int reports = 0;
  const auto recorder = Recorder::start(state.folder(), kRetention, [&](const Recorder::Roster& roster) {
    if (++reports == 1) first.set_value(roster.hosts.size());
    if (reports == 2) second.set_value(roster.hosts.size());
  });
  ASSERT_TRUE(recorder);
  EXPECT_EQ(first.get_future().get(), 1U);
  ASSERT_TRUE(store.put_host(host_at("web2", 1)));
  auto changed = second.get_future();
  ASSERT_EQ(changed.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_EQ(changed.get(), 2U);
}

}  // namespace
}  // namespace muster
