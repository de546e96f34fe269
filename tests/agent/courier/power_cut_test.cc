// SPDX-License-Identifier: GPL-2.0-or-later
// What a power cut would find: fsync(2) and fdatasync(2) are this file's, which write down what was synced and fail
// for folders when a test wishes it.
#include <atomic>
#include <cerrno>

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

struct Disk {
  std::atomic<bool> folders_fail{false};
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
    if (info.st_ino == disk().watched) ++disk().syncs;
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
  void TearDown() override { disk().folders_fail = false; }
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
  disk().folders_fail = false;
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

TEST_F(PowerCutTest, APositionIsOnDiskBeforeWhatItCountsAsTakenIsForgotten) {
  const testing::SinkProcess sink;
  http::Loop loop;
  Deliveries deliveries(
      loop, std::move(*Store::open(folder_.path(), [] { return 7; })), Destinations({sink.authority()}),
      http::testing::client_context(), wsman::system_random,
      {[](const std::string&) {}, [](const std::string&, const wsman::KeptEvent&) { return true; }});
  const std::string sends = wsman::testing::notify_to("https://" + sink.authority() + "/events") +
                            "<w:MaxElements>100</w:MaxElements>";
  const std::string text = wsman::testing::subscribe(
      "TEST_Disk", wsman::testing::delivery(wsman::names::kEventsMode, sends) + wsman::testing::kFullDisks);
  ASSERT_FALSE(deliveries.open({"uuid:1", "alice", "stream", text, 1h}));
  disk().watched = inode_of(folder_.path(), ".sub");
  disk().syncs = 0;
  const ino_t before = inode_of(folder_.path(), ".log");
  for (int i = 0; i < 100; ++i) ASSERT_FALSE(deliveries.put("stream", "<e/>", Deliveries::Loss::none));
  bool forgotten = false;
  const auto tick = loop.every(20ms, [&] {
    deliveries.tick();
    forgotten = inode_of(folder_.path(), ".log") != before;
    if (forgotten) loop.stop();
  });
  const auto limit = loop.after(30s, [&] { loop.stop(); });
  loop.run();
  EXPECT_TRUE(forgotten);
  EXPECT_GT(disk().syncs, 0U);
}

}  // namespace
}  // namespace muster::courier
