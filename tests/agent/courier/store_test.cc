// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/store.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/agent/temporary_folder.h"

namespace muster::courier {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class EventStoreTest : public ::testing::Test {
 protected:
  Store open() {
    return std::move(*Store::open(folder_.path(), [this] { return ++generation_; }));
  }
  std::size_t files(const std::string& ending) {
    std::size_t count = 0;
    for (const auto& each : fs::directory_iterator(folder_.path())) {
      count += each.path().extension() == ending;
    }
    return count;
  }
  wsman::Order order(const std::string& id) { return {id, "alice", "stream", "<text/>", 60s}; }

  muster::testing::TemporaryFolder folder_;
  std::uint64_t generation_ = 0;
  OrderFile::Time now_ = std::chrono::system_clock::now();
};

TEST_F(EventStoreTest, FindsWhatItKept) {
  {
    Store store = open();
    ASSERT_TRUE(store.keep(order("uuid:1"), {}, now_));
    ASSERT_TRUE((*store.stream("stream"))->append("event"));
  }
  Store again = open();
  ASSERT_EQ(again.orders(now_).size(), 1U);
  EXPECT_EQ((*again.stream("stream"))->last(), 1U);
}

TEST_F(EventStoreTest, ForgetsWhoseTimeIsOverAndWhatIsNotItsOwn) {
  Store store = open();
  ASSERT_TRUE(store.keep(order("uuid:1"), {}, now_));
  ASSERT_TRUE(write_file_atomically(folder_ / "odd.sub", "nonsense", 0600));
  EXPECT_TRUE(store.orders(now_ + 60s).empty());
  EXPECT_EQ(files(".sub"), 0U);
}

TEST_F(EventStoreTest, NamesFromTheNetworkDoNotBecomePaths) {
  Store store = open();
  const std::string hostile = "../../../../tmp/evil\n";
  ASSERT_TRUE(store.stream(hostile));
  ASSERT_TRUE(store.keep(order(hostile), {}, now_));
  EXPECT_EQ(files(".log"), 1U);
  EXPECT_EQ(files(".sub"), 1U);
}

TEST_F(EventStoreTest, ABrokenStreamBeginsAnew) {
  {
    Store store = open();
    ASSERT_TRUE((*store.stream("stream"))->append("event"));
    store.close("stream", Store::Fate::kept);
  }
  for (const auto& each : fs::directory_iterator(folder_.path())) fs::resize_file(each.path(), 3);
  Store again = open();
  const auto stream = again.stream("stream");
  ASSERT_TRUE(stream);
  EXPECT_EQ((*stream)->last(), 0U);
  EXPECT_NE((*stream)->generation(), 1U);
}

TEST_F(EventStoreTest, AStreamThatNobodyReadsGoesAtOnceOrAfterADay) {
  Store store = open();
  ASSERT_TRUE(store.stream("one"));
  ASSERT_TRUE(store.stream("two"));
  store.close("one", Store::Fate::removed);
  EXPECT_EQ(files(".log"), 1U);
  store.close("two", Store::Fate::kept);
  store.sweep(now_);
  EXPECT_EQ(files(".log"), 1U);
  ASSERT_TRUE(store.stream("three"));
  store.sweep(now_ + 25h);
  EXPECT_EQ(files(".log"), 1U) << "three is read";
}

// As while the orders of an earlier process are taken up: their streams wait to be opened.
TEST_F(EventStoreTest, AStreamThatIsOpenedTakesNoOtherAway) {
  {
    Store store = open();
    for (const char* const name : {"one", "two"}) ASSERT_TRUE((*store.stream(name))->append("event"));
  }
  for (const auto& each : fs::directory_iterator(folder_.path())) {
    fs::last_write_time(each.path(), fs::file_time_type::clock::now() - 25h);
  }
  Store again = open();
  for (const char* const name : {"one", "two"}) EXPECT_EQ((*again.stream(name))->last(), 1U) << name;
  again.sweep(now_);
  EXPECT_EQ(files(".log"), 2U);
}

// Two names of one FNV-1a: any caller may choose such.
TEST_F(EventStoreTest, NoStreamTakesThePlaceOfAnother) {
  const std::string one = "8yn0iYCKYHlIj4-BwPqk";
  const std::string two = "GReLUrM4wMqfg9yzV3KQ";
  ASSERT_EQ(checksum(one), checksum(two));
  {
    Store store = open();
    ASSERT_TRUE((*store.stream(one))->append("event"));
    ASSERT_TRUE(store.stream(two));
  }
  EXPECT_EQ(files(".log"), 2U);
  EXPECT_EQ((*open().stream(one))->last(), 1U);
}

TEST_F(EventStoreTest, TheLogOfAnotherStreamIsNotRemoved) {
  ASSERT_TRUE(open().stream("one"));
  const fs::path file = fs::directory_iterator(folder_.path())->path();
  fs::remove(file);
  ASSERT_TRUE((*EventLog::open(file, "another", 7)).append("event"));
  const auto refused = open().stream("one");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unsupported);
  EXPECT_EQ((*EventLog::open(file, "another", 7)).last(), 1U);
}

TEST_F(EventStoreTest, AStreamUnderItsEarlierNameIsTakenOver) {
  ASSERT_TRUE((*EventLog::open(folder_ / "85944171f73967e8.log", "foobar", 7)).append("event"));
  Store store = open();
  const auto log = store.stream("foobar");  // whose FNV-1a that is
  ASSERT_TRUE(log);
  EXPECT_EQ((*log)->generation(), 7U);
  EXPECT_EQ((*log)->last(), 1U);
  EXPECT_EQ(files(".log"), 1U);
}

TEST_F(EventStoreTest, WhatACourierThatWasKilledLeftIsSwept) {
  Store store = open();
  ASSERT_TRUE(store.stream("stream"));
  ASSERT_TRUE(write_file_atomically(folder_ / "0.log.new-12345", "half", 0600));
  store.sweep(now_);
  EXPECT_TRUE(fs::exists(folder_ / "0.log.new-12345")) << "somebody may be writing it";
  store.sweep(now_ + 2h);
  EXPECT_FALSE(fs::exists(folder_ / "0.log.new-12345"));
  EXPECT_EQ(files(".log"), 1U);
}

TEST_F(EventStoreTest, HasNoMoreStreamsThanItsLimit) {
  Store store = open();
  for (std::size_t i = 0; i < 2 * Store::kMostStreams; ++i) {
    ASSERT_TRUE(store.stream(std::to_string(i)));
    store.sweep(now_);
    store.close(std::to_string(i), Store::Fate::kept);
  }
  EXPECT_LE(files(".log"), Store::kMostStreams);
  for (std::size_t i = 0; i < Store::kMostStreams; ++i) {
    ASSERT_TRUE(store.stream("open " + std::to_string(i)));
  }
  EXPECT_FALSE(store.stream("one more"));
}

}  // namespace
}  // namespace muster::courier
