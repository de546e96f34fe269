// SPDX-License-Identifier: GPL-2.0-or-later
// What a power cut would find: fsync(2) and fdatasync(2) are this file's, which write down what was synced and fail
// for folders when a test wishes it.
#include <atomic>
#include <cerrno>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/courier/deliveries.h"
#include "agent/courier/event_log.h"
#include "agent/courier/order_file.h"
#include "core/base/folder.h"
#include "core/wsman/ids.h"
#include "tests/agent/courier/sink_process.h"
#include "tests/agent/temporary_folder.h"
#include "tests/core/wsman/eventing_fixture.h"

namespace muster::courier {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

struct Disk {
  std::atomic<bool> folders_fail{false};
  std::atomic<ino_t> fails{0};  // this file
  std::atomic<bool> records{false};
  std::map<ino_t, std::string> contents;  // as they were synced last
  std::atomic<ino_t> watched{0};
  std::atomic<unsigned> syncs{0};  // of the file that is watched
};

Disk& disk() {
  static Disk one;
  return one;
}

int sync(long call, int fd) {
  struct stat info {};
  if (::fstat(fd, &info) == 0) {
    if (disk().folders_fail && S_ISDIR(info.st_mode)) {
      errno = EIO;
      return -1;
    }
    if (info.st_ino == disk().fails && S_ISREG(info.st_mode)) {
      errno = EIO;
      return -1;
    }
    if (info.st_ino == disk().watched) ++disk().syncs;
    if (disk().records && S_ISREG(info.st_mode)) {
      disk().contents[info.st_ino] = read_file("/proc/self/fd/" + std::to_string(fd), 1 << 24).value_or("");
    }
  }
  return static_cast<int>(::syscall(call, fd));
}

}  // namespace
}  // namespace muster::courier

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system's are reserved
extern "C" int fsync(int fd) {
  return muster::courier::sync(SYS_fsync, fd);
}
extern "C" int fdatasync(int fd) {
  return muster::courier::sync(SYS_fdatasync, fd);
}
// NOLINTEND(readability-inconsistent-declaration-parameter-name)

namespace muster::courier {
namespace {

class PowerCutTest : public ::testing::Test {
 protected:
  void TearDown() override {
    disk().folders_fail = false;
    disk().records = false;
    disk().contents.clear();
  }
  EventLog open() { return std::move(*EventLog::open(folder_ / "a.log", "stream", 7)); }
  Result<OrderFile> make() {
    return OrderFile::make(folder_ / "a.sub", {"uuid:1", "alice", "stream", "<text/>", 60s}, {},
                           OrderFile::Time(1'700'000'000'000ms));
  }

  muster::testing::TemporaryFolder folder_;
};

TEST_F(PowerCutTest, EventsGoToTheLogThatIsThereWhenItsFolderCouldNotBeSynced) {
  {
    EventLog log = open();
    for (const char* const text : {"a", "b", "c"}) ASSERT_TRUE(log.append(text));
    disk().folders_fail = true;
    EXPECT_FALSE(log.forget_below(3));
    EXPECT_FALSE(log.append("lost")) << "in a file that a power cut may take away";
    disk().folders_fail = false;
    ASSERT_TRUE(log.append("d"));
  }
  const EventLog again = open();
  EXPECT_EQ(again.first(), 3U);
  ASSERT_EQ(again.last(), 4U);
  EXPECT_EQ(again.read(4).value_or("?"), "d");
}

TEST_F(PowerCutTest, AnOrderWhoseFolderCouldNotBeSyncedIsNotMade) {
  disk().folders_fail = true;
  EXPECT_FALSE(make());
  EXPECT_TRUE(names_in(folder_.path()).empty());
}

TEST_F(PowerCutTest, PositionsGoToTheOrderThatIsThereWhenItsFolderCouldNotBeSynced) {
  auto file = make();
  ASSERT_TRUE(file);
  disk().folders_fail = true;
  EXPECT_FALSE(file->renew(120s, OrderFile::Time(1'700'000'000'000ms)));
  EXPECT_FALSE(file->sync()) << "after a power cut the path may lead to the file before it";
  disk().folders_fail = false;
  EXPECT_TRUE(file->sync());
  Position moved;
  moved.taken = 9;
  ASSERT_TRUE(file->move_to(moved));
  const auto again = OrderFile::read(folder_ / "a.sub");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->position().taken, 9U);
  EXPECT_EQ(again->dies(), file->dies());
}

ino_t inode_of(const std::string& folder, std::string_view ending) {
  struct stat info {};
  for (const std::string& name : names_in(folder)) {
    const std::string path = std::string(folder).append("/").append(name);
    if (name.ends_with(ending) && ::stat(path.c_str(), &info) == 0) return info.st_ino;
  }
  return 0;
}

// A courier and a sink that is another process.
class PowerCutDeliveriesTest : public PowerCutTest {
 protected:
  PowerCutDeliveriesTest() { disk().records = true; }

  void start() {
    deliveries_.reset();
    loop_ = std::make_unique<http::Loop>();
    deliveries_ = std::make_unique<Deliveries>(
        *loop_, std::move(*Store::open(folder_.path(), [] { return 7; })), Destinations({sink_.authority()}),
        http::testing::client_context(), wsman::system_random,
        Deliveries::Listener{[](const std::string&) {},
                             [](const std::string&, const wsman::KeptEvent&) { return true; },
                             [](const std::string&, std::uint64_t) { return true; }});
    deliveries_->resume();
  }
  wsman::Order order(std::string_view mode, std::string_view inside, std::string_view after = {}) {
    const std::string sends =
        wsman::testing::notify_to("https://" + sink_.authority() + "/events") + std::string(inside);
    return {"uuid:1", "alice", "stream",
            wsman::testing::subscribe("TEST_Disk", wsman::testing::delivery(mode, sends) +
                                                       std::string(after) + wsman::testing::kFullDisks),
            1h};
  }
  void put(const std::string& item) {
    ASSERT_FALSE(deliveries_->put("stream", item, Deliveries::Loss::none));
  }
  bool until(const std::function<bool()>& wanted) {
    bool was = false;
    const auto tick = loop_->every(20ms, [&] {
      deliveries_->tick();
      was = wanted();
      if (was) loop_->stop();
    });
    const auto limit = loop_->after(30s, [this] { loop_->stop(); });
    loop_->run();
    return was;
  }
  bool sink_has(std::size_t messages) {
    return until([&] { return sink_.messages().size() >= messages; });
  }
  // Every file is again as it was when it was synced last, and another courier begins.
  void cut_power() {
    for (const std::string& name : names_in(folder_.path())) {
      const std::string path = folder_ / name;
      struct stat info {};
      ASSERT_EQ(::stat(path.c_str(), &info), 0);
      std::ofstream(path, std::ios::trunc) << disk().contents[info.st_ino];
    }
    start();
  }

  testing::SinkProcess sink_;
  std::unique_ptr<http::Loop> loop_;
  std::unique_ptr<Deliveries> deliveries_;
};

TEST_F(PowerCutDeliveriesTest, APositionIsOnDiskBeforeWhatItCountsAsTakenIsForgotten) {
  start();
  ASSERT_FALSE(deliveries_->open(order(wsman::names::kEventsMode, "<w:MaxElements>100</w:MaxElements>")));
  disk().watched = inode_of(folder_.path(), ".sub");
  disk().syncs = 0;
  const ino_t before = inode_of(folder_.path(), ".log");
  for (int i = 0; i < 100; ++i) put("<e/>");
  EXPECT_TRUE(until([&] { return inode_of(folder_.path(), ".log") != before; }));
  EXPECT_GT(disk().syncs, 0U);
}

// A stream with bookmarks keeps what was taken until it is full.
TEST_F(PowerCutDeliveriesTest, WhatWasTakenBeforeAFullLogGaveItUpIsNoDrop) {
  start();
  ASSERT_FALSE(deliveries_->open(order(wsman::names::kPushWithAckMode, "", "<w:SendBookmarks/>")));
  const std::string item = "<e>" + std::string(100'000, 'x') + "</e>";
  for (int i = 0; i < 10; ++i) put(item);
  ASSERT_TRUE(sink_has(10));
  const ino_t before = inode_of(folder_.path(), ".log");
  put(item);
  ASSERT_NE(inode_of(folder_.path(), ".log"), before) << "the log was not full";
  cut_power();
  ASSERT_TRUE(sink_has(11));
  EXPECT_THAT(sink_.messages()[10], Not(HasSubstr("DroppedEvents")));
}

TEST_F(PowerCutDeliveriesTest, APositionThatCannotBeSyncedStopsNoEvent) {
  start();
  ASSERT_FALSE(deliveries_->open(order(wsman::names::kPushWithAckMode, "", "<w:SendBookmarks/>")));
  const std::string item = "<e>" + std::string(100'000, 'x') + "</e>";
  for (int i = 0; i < 10; ++i) put(item);
  ASSERT_TRUE(sink_has(10));
  disk().fails = inode_of(folder_.path(), ".sub");
  put(item);
  EXPECT_TRUE(sink_has(11));
  disk().fails = 0;
}

TEST_F(PowerCutDeliveriesTest, DropsAreOnDiskBeforeTheSinkIsToldAndWhatItWasToldIsNotToldAgain) {
  start();
  sink_.behave(testing::Manner::fails);
  ASSERT_FALSE(deliveries_->open(order(wsman::names::kPushWithAckMode, "")));
  deliveries_->lost("stream", 7);
  ASSERT_TRUE(sink_has(1));
  cut_power();
  sink_.behave(testing::Manner::acknowledges);
  ASSERT_TRUE(sink_has(2)) << "it may have heard of them";
  for (const std::string& each : sink_.messages()) EXPECT_THAT(each, HasSubstr(">7</wsman:DroppedEvents>"));
  put("<first/>");
  ASSERT_TRUE(sink_has(3));
  cut_power();
  put("<second/>");
  ASSERT_TRUE(until([&] { return sink_.messages().back().find("<second/>") != std::string::npos; }));
  const auto all = sink_.messages();
  for (std::size_t i = 2; i < all.size(); ++i) EXPECT_THAT(all[i], Not(HasSubstr("DroppedEvents")));
}

}  // namespace
}  // namespace muster::courier
