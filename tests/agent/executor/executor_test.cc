// SPDX-License-Identifier: GPL-2.0-or-later
// The folder that an executor keeps things in. What it does as whom is in tests/agent/monitor/executors_test.cc.
#include "agent/executor/executor.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/agent/temporary_folder.h"

namespace muster::executor {
namespace {

TEST(AccountFolder, IsMadeForItsAccountAlone) {
  const muster::testing::TemporaryFolder folder;
  const unsigned uid = ::geteuid() == 0 ? 65534 : ::geteuid();
  const auto path = make_account_folder(folder.path(), uid, ::getegid());
  ASSERT_TRUE(path.has_value()) << path.error().what;
  EXPECT_EQ(*path, folder / "accounts/" + std::to_string(uid));
  struct stat state {};
  ASSERT_EQ(::stat(path->c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 07777, 0700U);
  EXPECT_EQ(state.st_uid, uid);
  EXPECT_EQ(make_account_folder(folder.path(), uid, ::getegid()).value_or(""), *path);
}

TEST(AccountFolder, ThatIsALinkIsRefused) {
  const muster::testing::TemporaryFolder folder;
  std::filesystem::create_directory(folder / "accounts");
  std::filesystem::create_symlink("/tmp", folder / "accounts/12");
  EXPECT_FALSE(make_account_folder(folder.path(), 12, 12).has_value());
}

TEST(Action, NamesTheMethodsThatActAndWhoMayAsk) {
  ASSERT_NE(find_action("SCX_OperatingSystem", "ExecuteScript"), nullptr);
  EXPECT_EQ(find_action("SCX_OperatingSystem", "ExecuteScript")->needs, agent::Role::administer);
  EXPECT_EQ(find_action("SCX_LogFile", "GetMatchedRows")->needs, agent::Role::operate);
  EXPECT_EQ(find_action("SCX_LogFile", "ExecuteScript"), nullptr);
  EXPECT_EQ(find_action("SCX_UnixProcess", "TopResourceConsumers"), nullptr);
}

}  // namespace
}  // namespace muster::executor
