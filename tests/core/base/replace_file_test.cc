// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/replace_file.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/base/folder.h"
#include "tests/agent/temporary_folder.h"

namespace muster {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

TEST(ReplaceFile, TheDescriptorIsThatOfTheFileInItsPlace) {
  const testing::TemporaryFolder folder;
  ASSERT_TRUE(replace_file(folder / "a", "old", 0600));
  const auto made = replace_file(folder / "a", "new", 0600);
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->durable);
  ASSERT_EQ(::pwrite(made->file.get(), "N", 1, 0), 1);
  EXPECT_EQ(read_file(folder / "a", 100).value_or("?"), "New");
  EXPECT_THAT(names_in(folder.path()), ElementsAre("a"));
}

TEST(ReplaceFile, LeavesNothingWhenItFails) {
  const testing::TemporaryFolder folder;
  std::filesystem::create_directories(folder / "a/inside");
  EXPECT_FALSE(replace_file(folder / "a", "new", 0600));
  EXPECT_THAT(names_in(folder.path()), ElementsAre("a"));
  EXPECT_FALSE(replace_file(folder / "none/a", "new", 0600));
}

TEST(ReplaceFile, LeftoversGoAfterAnHourAndNothingElseDoes) {
  const testing::TemporaryFolder folder;
  const auto now = std::chrono::system_clock::now();
  const std::string left = temporary_name("a");
  for (const std::string& name : {left, std::string("a"), std::string("a.new-1b"), std::string("a.new-"),
                                  std::string("a.news-1"), std::string(".new-1")}) {
    ASSERT_TRUE(replace_file(folder / name, "x", 0600)) << name;
  }
  std::filesystem::create_directory(folder / "b.new-1");
  remove_leftovers(folder.path(), now + 59min);
  EXPECT_EQ(names_in(folder.path()).size(), 7U);
  remove_leftovers(folder.path(), now + 62min);
  EXPECT_THAT(names_in(folder.path()),
              UnorderedElementsAre("a", "a.new-1b", "a.new-", "a.news-1", ".new-1", "b.new-1"));
  remove_leftovers(folder / "none", now);
}

}  // namespace
}  // namespace muster
