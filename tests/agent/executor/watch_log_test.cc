// SPDX-License-Identifier: GPL-2.0-or-later
// A watcher in a thread, and the front's end of its channel.
#include "agent/executor/watch_log.h"

#include <fstream>
#include <optional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include "tests/agent/ipc/raw_socket.h"
#include "tests/agent/temporary_folder.h"

namespace muster::executor {
namespace {

using ipc::Party;
using ipc::State;
using ipc::Tag;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

class WatchLogTest : public ::testing::Test {
 protected:
  void TearDown() override { leave(); }

  void begin() {
    auto [ours, theirs] = ipc::testing::new_pair();
    front_.emplace(std::move(ours), Party::front, Party::executor, State::serving);
    thread_ = std::jthread([this, socket = std::make_shared<Fd>(std::move(theirs))] {
      ipc::Channel channel(std::move(*socket), Party::executor, Party::front, State::serving);
      const auto done =
          watch_log(order_, folder_.path(), channel, [this](std::size_t taken) { taken_ = taken; });
      if (!done) problem_ = done.error();
    });
  }
  void leave() {
    front_.reset();
    if (thread_.joinable()) thread_.join();
  }
  void write(const std::string& text) const { std::ofstream(order_.file, std::ios::app) << text; }
  std::optional<ipc::Frame> next(std::chrono::milliseconds time = 10s) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (front_ && std::chrono::steady_clock::now() < end) {
      pollfd wait{front_->fd(), POLLIN, 0};
      ::poll(&wait, 1, 50);
      auto arrival = front_->receive();
      if (!arrival) return std::nullopt;
      if (*arrival) return std::move((*arrival)->frame);
    }
    return std::nullopt;
  }
  std::vector<std::string> lines() {
    const auto frame = next();
    EXPECT_TRUE(frame && frame->tag == Tag::matches);
    if (!frame) return {};
    number_ = frame->id;
    return frame->fields;
  }
  void take() { EXPECT_TRUE(front_->send({Tag::taken, number_, {}}).has_value()); }
  void expect_watching() {
    const auto frame = next();
    ASSERT_TRUE(frame.has_value()) << problem_.what;
    EXPECT_EQ(frame->tag, Tag::watching);
  }

  muster::testing::TemporaryFolder folder_;
  ipc::WatchOrder order_{std::string(64, 'a'), folder_ / "x.log", {"a", "b"}, 1s,
                         ipc::Begin::now,      ipc::Place::kept};
  std::optional<ipc::Channel> front_;
  Error problem_;
  std::size_t taken_ = 0;
  std::uint64_t number_ = 0;
  std::jthread thread_;
};

TEST_F(WatchLogTest, TellsWhatIsWrittenAfterItsBeginning) {
  write("a before\n");
  begin();
  expect_watching();
  write("neither\nab now\nb");
  EXPECT_THAT(lines(), ElementsAre("0 1", "ab now"));
  take();
  write("\n");
  EXPECT_THAT(lines(), ElementsAre("1", "b"));
  take();
  leave();
  EXPECT_EQ(taken_, 1U + 1U);
  EXPECT_EQ(problem_.what, "");
}

TEST_F(WatchLogTest, WhatWasNotTakenComesAgainAndWhatWasDoesNot) {
  begin();
  expect_watching();
  write("a 1\n");
  EXPECT_THAT(lines(), ElementsAre("0", "a 1"));
  take();
  write("a 2\n");
  EXPECT_THAT(lines(), ElementsAre("0", "a 2"));
  leave();  // untaken
  write("a 3\n");
  order_.begin = ipc::Begin::where_it_was;
  begin();
  expect_watching();
  EXPECT_THAT(lines(), ElementsAre("0", "a 2", "0", "a 3"));
}

TEST_F(WatchLogTest, TheNextFrameWaitsUntilTheLastWasTaken) {
  begin();
  expect_watching();
  std::string many;
  for (int i = 0; i < 300; ++i) many += "a " + std::to_string(i) + "\n";
  write(many);
  EXPECT_EQ(lines().size(), 500U);
  EXPECT_FALSE(next(1500ms).has_value());
  take();
  EXPECT_EQ(lines().size(), 100U);
  take();
}

TEST_F(WatchLogTest, ALongLineIsCut) {
  begin();
  expect_watching();
  write(std::string(20'000, 'a') + "\n" + std::string(20'000, 'b') + "\n");
  const auto fields = lines();
  ASSERT_EQ(fields.size(), 4U);
  EXPECT_EQ(fields[1].size(), kMaxLineOctets);
  take();
}

TEST_F(WatchLogTest, ThatNobodyWillTakeIsRefusedAtTheBeginning) {
  order_.expressions = {"fine", "(a"};
  begin();
  EXPECT_FALSE(next().has_value());
  leave();
  EXPECT_EQ(problem_.code, Errc::malformed);
  EXPECT_THAT(problem_.what, HasSubstr("expression 1 "));
  order_.expressions = {"a"};
  order_.file = folder_.path();
  begin();
  EXPECT_FALSE(next().has_value());
  leave();
  EXPECT_EQ(problem_.code, Errc::malformed);
}

TEST_F(WatchLogTest, AFileThatIsNoneAnyMoreEndsIt) {
  begin();
  expect_watching();
  ASSERT_EQ(::mkdir(order_.file.c_str(), 0700), 0);
  EXPECT_FALSE(next().has_value());
  thread_.join();
  EXPECT_EQ(problem_.code, Errc::malformed);
}

}  // namespace
}  // namespace muster::executor
