// SPDX-License-Identifier: GPL-2.0-or-later
// Watches, with a monitor and a watcher played by the test at the other ends of real channels.
#include "agent/front/log_watches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/host/rows_writer.h"
#include "tests/agent/ipc/raw_socket.h"

namespace muster::agent {
namespace {

using ipc::Party;
using ipc::State;
using ipc::Tag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using wsman::Fault;
using wsman::FaultCode;
using namespace std::chrono_literals;

class LogWatchesTest : public ::testing::Test {
 protected:
  LogWatchesTest() : LogWatchesTest(ipc::testing::new_pair()) {}

  void start(const std::string& proof = "ticket") {
    watch_.class_name = "SCX_LogFile";
    watch_.log = {"/var/log/x", {"a", "b"}};
    watches_.start("one", watch_, {"user:alice", "", proof, "192.0.2.1"},
                   {[this](const std::string& item, wsman::EventSource::Taken taken) {
                      heard_.push_back(item.substr(item.find("<p:Line>") + 8, 1));
                      if (answers_) return taken(std::nullopt);
                      untaken_.push_back(std::move(taken));
                    },
                    [this](const auto& problem) { started_.push_back(problem ? problem->code : kFine); },
                    [this](const Fault& why) { ended_.push_back(why.code); }});
  }
  void run() {
    const auto later = loop_.after(50ms, [this] { loop_.stop(); });
    loop_.run();
  }
  std::optional<ipc::Frame> said(ipc::Channel& to) {
    run();
    auto arrival = to.receive();
    return arrival && *arrival ? std::optional(std::move((*arrival)->frame)) : std::nullopt;
  }
  ipc::RunOrder order() {
    auto frame = said(monitor_end_);
    EXPECT_TRUE(frame && frame->tag == Tag::watch);
    RowsReader rows;
    if (!frame) return {};
    id_ = frame->id;
    EXPECT_TRUE(rows.add(std::move(*frame), ipc::kMaxOrderBytes) && rows.over());
    return ipc::parse_run(rows.take()).value_or(ipc::RunOrder{});
  }
  void grant() {
    auto [ours, theirs] = ipc::testing::new_pair();
    watcher_.emplace(std::move(ours), Party::executor, Party::front, State::serving);
    ASSERT_TRUE(monitor_end_.send({Tag::executor, id_, {}}, theirs.get()).has_value());
    ASSERT_TRUE(watcher_->send({Tag::watching, 0, {}}).has_value());
    run();
  }
  void tell(std::vector<std::string> fields, std::uint64_t number = 1) {
    ASSERT_TRUE(watcher_->send({Tag::matches, number, std::move(fields)}).has_value());
    run();
  }
  void tick_after(std::chrono::milliseconds time) {
    now_ += time;
    watches_.tick();
  }
  // Whether its watcher is begun again so long after it has died.
  bool dies_and_is_begun_after(std::chrono::seconds pause) {
    watcher_.reset();
    run();
    tick_after(pause - 1ms);
    if (said(monitor_end_)) return false;
    tick_after(1ms);
    order();
    grant();
    return watcher_->fd() >= 0 && !::testing::Test::HasFailure();
  }

  static constexpr FaultCode kFine = FaultCode::version_mismatch;
  http::Loop loop_;
  ipc::Channel monitor_end_;
  MonitorClient monitor_;
  LogWatches::Time now_{1h};
  LogWatches watches_{loop_, monitor_, [this] { return now_; }};
  wsman::Watch watch_;
  std::optional<ipc::Channel> watcher_;
  std::uint64_t id_ = 0;
  bool answers_ = true;
  std::vector<std::string> heard_;
  std::vector<wsman::EventSource::Taken> untaken_;
  std::vector<FaultCode> started_;
  std::vector<FaultCode> ended_;

 private:
  explicit LogWatchesTest(std::pair<Fd, Fd> pair)
      : monitor_end_(std::move(pair.first), Party::monitor, Party::front, State::starting),
        monitor_(loop_, std::move(pair.second), {[](Fd) {}, [](auto, auto) {}, [] {}, [](const auto&) {}}) {
    monitor_.say_ready();
    EXPECT_TRUE(monitor_end_.receive().has_value());
    monitor_end_.enter(State::serving);
  }
};

TEST_F(LogWatchesTest, NeedsAFileAndExpressionsAndNoFilter) {
  wsman::Watch watch;
  EXPECT_TRUE(watches_.offers("scx_logfile"));
  EXPECT_FALSE(watches_.offers("SCX_FileSystem"));
  EXPECT_EQ(watches_.check(watch)->code, FaultCode::invalid_options);
  watch.log.file = "/x";
  EXPECT_EQ(watches_.check(watch)->code, FaultCode::invalid_options);
  watch.log.expressions = {"x"};
  EXPECT_FALSE(watches_.check(watch));
  watch.filtered = true;
  EXPECT_EQ(watches_.check(watch)->code, FaultCode::event_source_unable);
}

TEST_F(LogWatchesTest, OrdersInTheNameOfItsCallerAndHandsOnEveryLine) {
  start();
  const auto asked = order();
  EXPECT_EQ(asked.caller.name, "alice");
  EXPECT_EQ(asked.caller.proof, "ticket");
  EXPECT_EQ(asked.caller.source, "192.0.2.1");
  const auto watch = ipc::parse_watch(asked.call);
  ASSERT_TRUE(watch.has_value());
  EXPECT_EQ(watch->file, "/var/log/x");
  EXPECT_EQ(watch->begin, ipc::Begin::now);
  EXPECT_THAT(started_, IsEmpty());
  grant();
  EXPECT_THAT(started_, ElementsAre(kFine));
  tell({"0", "x", "1", "y"}, 7);
  EXPECT_THAT(heard_, ElementsAre("x", "y"));
  const auto taken = said(*watcher_);
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(taken->tag, Tag::taken);
  EXPECT_EQ(taken->id, 7U);
}

TEST_F(LogWatchesTest, TheWatcherWaitsUntilEveryLineWasTaken) {
  start();
  order();
  grant();
  answers_ = false;
  tell({"0", "x", "0", "y"});
  EXPECT_THAT(heard_, ElementsAre("x"));
  untaken_.at(0)(Fault{FaultCode::quota_limit});
  tick_after(0ms);
  EXPECT_THAT(heard_, SizeIs(1));
  tick_after(1100ms);
  EXPECT_THAT(heard_, ElementsAre("x", "x"));
  untaken_.at(1)(std::nullopt);
  EXPECT_FALSE(said(*watcher_));
  untaken_.at(2)(std::nullopt);
  EXPECT_TRUE(said(*watcher_));
  EXPECT_THAT(heard_, ElementsAre("x", "x", "y"));
}

TEST_F(LogWatchesTest, ARefusalIsTheAnswer) {
  start();
  order();
  ASSERT_TRUE(monitor_end_.send({Tag::done, id_, {std::string(kTooMany), "too many"}}).has_value());
  run();
  EXPECT_THAT(started_, ElementsAre(FaultCode::quota_limit));
  start();
  EXPECT_EQ(said(monitor_end_)->tag, Tag::unwatch);
  order();
  auto [ours, theirs] = ipc::testing::new_pair();
  watcher_.emplace(std::move(ours), Party::executor, Party::front, State::serving);
  ASSERT_TRUE(monitor_end_.send({Tag::executor, id_, {}}, theirs.get()).has_value());
  ASSERT_TRUE(watcher_->send(done_frame(0, fail(Errc::malformed, "regexps: expression 1"))).has_value());
  run();
  EXPECT_THAT(started_, ElementsAre(FaultCode::quota_limit, FaultCode::invalid_options));
  EXPECT_THAT(ended_, IsEmpty());
}

TEST_F(LogWatchesTest, AWatcherThatDiesIsStartedAgainWithoutTheProof) {
  start();
  order();
  grant();
  watcher_.reset();
  run();
  EXPECT_THAT(ended_, IsEmpty());
  watches_.tick();
  EXPECT_FALSE(said(monitor_end_)) << "not at once";
  tick_after(1100ms);
  const auto again = order();
  EXPECT_EQ(again.caller.proof, "");
  EXPECT_EQ(ipc::parse_watch(again.call)->begin, ipc::Begin::where_it_was);
  grant();
  tell({"0", "z"});
  EXPECT_THAT(heard_, ElementsAre("z"));
  EXPECT_THAT(started_, SizeIs(1));
}

TEST_F(LogWatchesTest, OneThatDiesSoonIsBegunAgainAfterLongerPausesUntilItHasLastedForAWhile) {
  start();
  order();
  grant();
  for (const auto pause : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    ASSERT_TRUE(dies_and_is_begun_after(pause)) << pause.count();
    now_ += LogWatches::kStable - 1ms;
  }
  ASSERT_TRUE(dies_and_is_begun_after(60s));
  now_ += LogWatches::kStable;
  EXPECT_TRUE(dies_and_is_begun_after(1s));
  EXPECT_TRUE(dies_and_is_begun_after(2s));
}

TEST_F(LogWatchesTest, OneThatMayNotGoOnEnds) {
  start("");  // as after a restart: nobody waits for the answer
  EXPECT_THAT(started_, ElementsAre(kFine));
  order();
  ASSERT_TRUE(monitor_end_.send({Tag::done, id_, {"denied", "too long ago"}}).has_value());
  run();
  EXPECT_THAT(ended_, ElementsAre(FaultCode::access_denied));
  EXPECT_EQ(said(monitor_end_)->tag, Tag::unwatch);
}

TEST_F(LogWatchesTest, StoppingTellsTheMonitorAndClosesTheChannel) {
  start();
  order();
  grant();
  watches_.renewed("one", {"user:alice", "", "fresh", ""});
  const auto vouched = said(monitor_end_);
  ASSERT_TRUE(vouched.has_value());
  EXPECT_EQ(vouched->tag, Tag::vouch);
  EXPECT_THAT(vouched->fields, ElementsAre(vouched->fields.at(0), "user", "alice", "fresh"));
  watches_.stop("one");
  EXPECT_EQ(said(monitor_end_)->tag, Tag::unwatch);
  EXPECT_FALSE(watcher_->receive().has_value());
}

TEST_F(LogWatchesTest, AWatcherThatSpeaksOutOfTurnIsReplaced) {
  start();
  order();
  grant();
  answers_ = false;
  tell({"0", "x"});
  tell({"0", "y"}, 2);  // before the first was taken
  EXPECT_FALSE(watcher_->receive().has_value());
  untaken_.at(0)(std::nullopt);  // late, and to nobody
  run();
  EXPECT_THAT(ended_, IsEmpty());
}

}  // namespace
}  // namespace muster::agent
