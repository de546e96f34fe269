// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/service/instance_lock.h"

#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace muster::service {
namespace {

TEST(InstanceLock, a_second_one_is_refused_and_names_the_first_until_that_is_gone) {
  std::string folder = std::filesystem::temp_directory_path() / "muster-lock-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  {
    const auto first = lock_instance(folder);
    ASSERT_TRUE(first) << first.error().what;
    const auto second = lock_instance(folder);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::denied);
    EXPECT_THAT(second.error().hint, ::testing::HasSubstr(std::to_string(::getpid())));
  }
  EXPECT_TRUE(lock_instance(folder));
  std::filesystem::remove_all(folder);
}

TEST(InstanceLock, whether_it_is_held_is_told_without_taking_it) {
  std::string folder = std::filesystem::temp_directory_path() / "muster-lock-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  EXPECT_FALSE(is_locked(folder).value());
  {
    const auto held = lock_instance(folder);
    ASSERT_TRUE(held);
    EXPECT_TRUE(is_locked(folder).value());
  }
  EXPECT_FALSE(is_locked(folder).value());
  EXPECT_TRUE(lock_instance(folder));
  std::filesystem::remove_all(folder);
}

TEST(InstanceLock, a_folder_that_is_not_there_is_not_found) {
  EXPECT_EQ(lock_instance("/nonexistent/state").error().code, Errc::not_found);
}

}  // namespace
}  // namespace muster::service
