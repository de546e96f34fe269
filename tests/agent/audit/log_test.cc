// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/audit/log.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "core/base/fd.h"
#include "tests/agent/in_child.h"
#include "tests/agent/temporary_folder.h"

namespace muster::audit {
namespace {

class AuditLogTest : public ::testing::Test {
 protected:
  std::string text() const { return read_file(path_, 1 << 20).value_or(""); }
  muster::testing::TemporaryFolder folder_;
  std::string path_ = folder_ / "audit.log";
};

TEST_F(AuditLogTest, GoesOnWhereAnEarlierProcessStopped) {
  for (int i = 0; i < 3; ++i) {
    Log log(path_);
    ASSERT_TRUE(log.append({{"event", "intent"}}).has_value());
    ASSERT_TRUE(log.append({{"event", "outcome"}}).has_value());
  }
  const auto verified = verify(text());
  ASSERT_TRUE(verified.has_value()) << verified.error().what;
  EXPECT_EQ(verified->lines, 6U);
}

TEST_F(AuditLogTest, IsForItsOwnerAlone) {
  Log log(path_);
  ASSERT_TRUE(log.append({}).has_value());
  struct stat state {};
  ASSERT_EQ(::stat(path_.c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 07777, 0600U);
}

TEST_F(AuditLogTest, AFileThatWasMovedAwayIsFollowedByOneThatContinuesIt) {
  Log log(path_);
  ASSERT_TRUE(log.append({}).has_value());
  const auto before = verify(text());
  std::filesystem::rename(path_, path_ + ".1");
  ASSERT_TRUE(log.append({}).has_value());
  const auto after = verify(text());
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->begins_after, before->head.hash);
}

TEST_F(AuditLogTest, ItDoesAlsoWhenTheAgentWasStartedAgainMeanwhile) {
  ASSERT_TRUE(Log(path_).append({}).has_value());
  ASSERT_TRUE(Log(path_).append({{"event", "intent"}}).has_value());
  const auto before = verify(text());
  std::filesystem::rename(path_, path_ + ".1");
  ASSERT_TRUE(Log(path_).append({}).has_value());
  const auto after = verify(text());
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->begins_after, before->head.hash);
}

TEST_F(AuditLogTest, ADamagedCopyOfTheLastLineBeginsANewChain) {
  ASSERT_TRUE(Log(path_).append({}).has_value());
  std::filesystem::remove(path_);
  ASSERT_TRUE(write_file_atomically(path_ + ".head", "{\"seq\":1}", 0600).has_value());
  ASSERT_TRUE(Log(path_).append({}).has_value());
  const auto after = verify(text());
  ASSERT_TRUE(after.has_value());
  EXPECT_EQ(after->begins_after, std::string(64, '0'));
}

TEST_F(AuditLogTest, BehindADamagedLineNothingIsWritten) {
  ASSERT_TRUE(write_file_atomically(path_, "{\"seq\":1,\"half", 0600).has_value());
  Log log(path_);
  const auto appended = log.append({{"event", "intent"}});
  ASSERT_FALSE(appended.has_value());
  EXPECT_EQ(appended.error().code, Errc::malformed);
  EXPECT_EQ(text(), "{\"seq\":1,\"half");
}

TEST_F(AuditLogTest, AFullDiskLeavesNoHalfLine) {
  Log log(path_);
  ASSERT_TRUE(log.append({{"event", "intent"}}).has_value());
  const std::string before = text();
  const auto ended = muster::testing::in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{before.size() + 20, before.size() + 20};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return log.append({{"event", "outcome"}}).has_value() ? 1 : 0;
  });
  EXPECT_EQ(ended.status, 0) << "it must fail";
  EXPECT_EQ(text(), before);
  ASSERT_TRUE(log.append({{"event", "outcome"}}).has_value());
  EXPECT_TRUE(verify(text()).has_value());
}

TEST_F(AuditLogTest, FollowsNoLink) {
  std::filesystem::create_symlink(folder_ / "elsewhere", path_);
  Log log(path_);
  EXPECT_FALSE(log.append({}).has_value());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "elsewhere"));
}

}  // namespace
}  // namespace muster::audit
