// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/executor/watch_place.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "agent/executor/watch_log.h"
#include "core/base/fd.h"
#include "tests/agent/temporary_folder.h"

namespace muster::executor {
namespace {

LogState place(const std::string& name) {
  LogState state;
  state.file = "/var/log/x";
  state.qid = name;
  state.device = 1;
  state.inode = 2;
  return state;
}

TEST(WatchPlace, ComesBackForItsFileAlone) {
  const muster::testing::TemporaryFolder folder;
  ASSERT_TRUE(save_place(folder.path(), place("a")).has_value());
  EXPECT_EQ(load_place(folder.path(), "a", "/var/log/x"), place("a"));
  EXPECT_FALSE(load_place(folder.path(), "a", "/var/log/y"));
  EXPECT_FALSE(load_place(folder.path(), "b", "/var/log/x"));
  ASSERT_TRUE(write_file_atomically(folder / "watch-a.place", "rubbish", 0600).has_value());
  EXPECT_FALSE(load_place(folder.path(), "a", "/var/log/x"));
}

TEST(WatchPlace, ThatNobodyComesBackForGoes) {
  const muster::testing::TemporaryFolder folder;
  ASSERT_TRUE(save_place(folder.path(), place("a")).has_value());
  ASSERT_TRUE(write_file_atomically(folder / "log-1.state", "another's", 0600).has_value());
  ASSERT_TRUE(write_file_atomically(folder / "watch-b.place.new-1", "half", 0600).has_value());
  sweep_places(folder.path(), std::chrono::system_clock::now());
  EXPECT_TRUE(load_place(folder.path(), "a", "/var/log/x"));
  sweep_places(folder.path(), std::chrono::system_clock::now() + kKept + std::chrono::hours(1));
  EXPECT_FALSE(load_place(folder.path(), "a", "/var/log/x"));
  EXPECT_TRUE(std::filesystem::exists(folder / "log-1.state"));
  EXPECT_FALSE(std::filesystem::exists(folder / "watch-b.place.new-1")) << "of a watcher that was killed";
}

TEST(WatchPlace, TheOldestGoesWhenThereAreTooMany) {
  const muster::testing::TemporaryFolder folder;
  for (std::size_t i = 0; i <= kMostPlaces; ++i) {
    ASSERT_TRUE(save_place(folder.path(), place(std::to_string(i))).has_value());
  }
  const auto past = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  std::filesystem::last_write_time(folder / "watch-7.place", past);
  sweep_places(folder.path(), std::chrono::system_clock::now());
  EXPECT_FALSE(load_place(folder.path(), "7", "/var/log/x"));
  EXPECT_TRUE(load_place(folder.path(), "8", "/var/log/x"));
}

}  // namespace
}  // namespace muster::executor
