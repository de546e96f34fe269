// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/event_log.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/agent/temporary_folder.h"

namespace muster::courier {
namespace {

class EventLogTest : public ::testing::Test {
 protected:
  EventLog open(std::uint64_t generation = 7) {
    auto log = EventLog::open(path_, "stream", generation);
    if (!log) throw std::runtime_error(log.error().what);
    return std::move(*log);
  }
  std::string item(const EventLog& log, std::uint64_t number) { return log.read(number).value_or("?"); }
  void overwrite(const std::string& content) { ASSERT_TRUE(write_file_atomically(path_, content, 0600)); }
  std::string content() { return *read_file(path_, 1 << 24); }

  muster::testing::TemporaryFolder folder_;
  std::string path_ = folder_ / "a.log";
};

TEST_F(EventLogTest, NumbersEventsFromOneOnAndFindsThemAgain) {
  {
    EventLog log = open();
    EXPECT_EQ(log.first(), 1U);
    EXPECT_EQ(log.last(), 0U);
    EXPECT_EQ(*log.append("one"), 1U);
    EXPECT_EQ(*log.append(""), 2U);
    EXPECT_EQ(*log.append(std::string(40000, 'x')), 3U);
  }
  const EventLog again = open(99);
  EXPECT_EQ(again.generation(), 7U) << "it is the same log";
  EXPECT_EQ(again.last(), 3U);
  EXPECT_EQ(item(again, 1), "one");
  EXPECT_EQ(item(again, 2), "");
  EXPECT_EQ(item(again, 3), std::string(40000, 'x'));
}

// Wherever the write of the last event was cut, those before it are there and the next one can follow.
TEST_F(EventLogTest, ACutRecordIsCutOffAtEveryLength) {
  std::size_t before = 0;
  {
    EventLog log = open();
    ASSERT_TRUE(log.append("first"));
    before = content().size();
    ASSERT_TRUE(log.append("second"));
  }
  const std::string whole = content();
  for (std::size_t size = before; size < whole.size(); ++size) {
    overwrite(whole.substr(0, size));
    EventLog log = open();
    ASSERT_EQ(log.last(), 1U) << size;
    ASSERT_EQ(*log.append("third"), 2U);
    EventLog again = open();
    ASSERT_EQ(item(again, 1), "first");
    ASSERT_EQ(item(again, 2), "third");
  }
}

TEST_F(EventLogTest, AChangedRecordEndsTheLogThere) {
  {
    EventLog log = open();
    ASSERT_TRUE(log.append("first"));
    ASSERT_TRUE(log.append("second"));
  }
  std::string changed = content();
  changed.back() = '!';
  overwrite(changed);
  EXPECT_EQ(open().last(), 1U);
}

TEST_F(EventLogTest, WhatIsNoLogIsMalformedAndThatOfAnotherStreamIsLeftAlone) {
  ASSERT_TRUE(open().append("event"));
  EXPECT_EQ(EventLog::open(path_, "another", 1).error().code, Errc::unsupported);
  EXPECT_EQ(open().last(), 1U);
  for (const std::string& text : {std::string(), std::string("x"), std::string(100, '\0')}) {
    overwrite(text);
    EXPECT_EQ(EventLog::open(path_, "stream", 1).error().code, Errc::malformed);
  }
  EXPECT_FALSE(EventLog::open(folder_ / "none/a.log", "stream", 1));
}

TEST_F(EventLogTest, TheOldestGiveWayWhenItIsFull) {
  EventLog log = open();
  const std::string large(30000, 'x');
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(log.append(large));
  EXPECT_EQ(log.last(), 200U);
  EXPECT_GT(log.first(), 150U);
  EXPECT_LE(std::filesystem::file_size(path_), EventLog::kMostBytes);
  EXPECT_EQ(open().first(), log.first());
}

TEST_F(EventLogTest, IsBoundedInNumberToo) {
  {
    EventLog log = open();
    for (std::size_t i = 0; i < EventLog::kMostEvents; ++i) ASSERT_TRUE(log.append(std::to_string(i + 1)));
    EXPECT_EQ(log.first(), 1U);
    ASSERT_TRUE(log.append("more"));
    EXPECT_EQ(log.first(), EventLog::kMostEvents / 4 + 1);
  }
  const EventLog again = open();
  EXPECT_EQ(item(again, again.first()), std::to_string(EventLog::kMostEvents / 4 + 1));
  EXPECT_EQ(item(again, again.last()), "more");
}

TEST_F(EventLogTest, ForgetsWhatIsNotNeededAndGoesOnCounting) {
  {
    EventLog log = open();
    for (const char* const text : {"a", "b", "c"}) ASSERT_TRUE(log.append(text));
    ASSERT_TRUE(log.forget_below(3));
    EXPECT_EQ(log.first(), 3U);
    ASSERT_TRUE(log.forget_below(100));
    EXPECT_EQ(log.first(), 4U);
    EXPECT_EQ(log.last(), 3U);
  }
  EventLog again = open();
  EXPECT_EQ(*again.append("d"), 4U);
  EXPECT_EQ(item(again, 4), "d");
}

}  // namespace
}  // namespace muster::courier
