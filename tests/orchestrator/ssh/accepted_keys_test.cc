// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ssh/accepted_keys.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "tests/agent/in_child.h"

namespace muster {
namespace {

class AcceptedKeysTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "muster_keys_" + std::to_string(::getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string file() const { return folder_ + "/known_hosts"; }
  std::string folder_;
};

TEST_F(AcceptedKeysTest, KeysAreAddedLineByLine) {
  ASSERT_TRUE(record_host_key(file(), "192.0.2.1", 22, "ssh-ed25519 AAAA"));
  ASSERT_TRUE(record_host_key(file(), "web", 2222, "ssh-ed25519 BBBB"));
  EXPECT_EQ(read_file(file(), 1000).value_or(""),
            "192.0.2.1 ssh-ed25519 AAAA\n[web]:2222 ssh-ed25519 BBBB\n");
  EXPECT_EQ(std::filesystem::status(file()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(AcceptedKeysTest, LineThatWasCutOffIsEndedFirst) {
  ASSERT_TRUE(write_file_atomically(file(), "old ssh-ed25519 CC", 0600));
  ASSERT_TRUE(record_host_key(file(), "a", 22, "ssh-ed25519 AAAA"));
  EXPECT_EQ(read_file(file(), 1000).value_or(""), "old ssh-ed25519 CC\na ssh-ed25519 AAAA\n");
}

TEST_F(AcceptedKeysTest, WhatIsNoLineOrNoFileIsRefused) {
  EXPECT_FALSE(record_host_key(file(), "a", 22, "ssh-ed25519 AAAA\nevil ssh-ed25519 BBBB"));
  EXPECT_FALSE(std::filesystem::exists(file()));
  EXPECT_FALSE(record_host_key(folder_, "a", 22, "ssh-ed25519 AAAA"));
  std::filesystem::create_symlink(folder_ + "/elsewhere", file());
  EXPECT_FALSE(record_host_key(file(), "a", 22, "ssh-ed25519 AAAA"));
}

// As an account that may make files in a folder and not read it, which syncing it takes.
TEST_F(AcceptedKeysTest, AKeyInANewFileCountsWhenItsFolderIsOnDisk) {
  constexpr uid_t kNobody = 65534;
  ASSERT_EQ(::geteuid() == 0 ? ::chown(folder_.c_str(), kNobody, kNobody) : 0, 0);
  std::filesystem::permissions(folder_,
                               std::filesystem::perms::owner_write | std::filesystem::perms::owner_exec);
  const auto ended = muster::testing::in_child([&] {
    if (::geteuid() == 0 && ::setuid(kNobody) != 0) return 1;
    if (record_host_key(file(), "a", 22, "ssh-ed25519 AAAA")) return 2;
    return record_host_key(file(), "b", 22, "ssh-ed25519 BBBB") ? 0 : 3;
  });
  EXPECT_EQ(ended.status, 0) << ended.err;
  std::filesystem::permissions(folder_, std::filesystem::perms::owner_all);
}

}  // namespace
}  // namespace muster
