// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/service/state_folder.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "orchestrator/ca/authority.h"
#include "orchestrator/store/store.h"

namespace muster::service {
namespace {

using ::testing::HasSubstr;

constexpr uid_t kNobody = 65534;

class StateFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "muster-state-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
};

// What `open` says within a process of its own that `change` has changed: "WHAT|HINT".
template <class Change, class Open>
std::string after(Change change, Open open) {
  int ends[2] = {};
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    std::string text = "not changed";
    if (change()) {
      const auto opened = open();
      text = opened ? "opened" : opened.error().what + "|" + opened.error().hint;
    }
    ::_exit(write_all(ends[1], "pipe", text) ? 0 : 1);
  }
  ::close(ends[1]);
  const auto text = read_all(ends[0], "pipe", 4096);
  ::close(ends[0]);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
  return text.value_or("");
}

template <class Open>
std::string as_nobody(Open open) {
  return after([] { return ::setresuid(kNobody, kNobody, kNobody) == 0; }, open);
}

TEST_F(StateFolderTest, who_may_not_look_is_told_so_and_whom_to_be) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to be somebody else";
  ASSERT_TRUE(Authority::create(folder_, "test"));
  ASSERT_TRUE(Store::create(folder_));
  const std::string whole[] = {as_nobody([&] { return Authority::open(folder_); }),
                               as_nobody([&] { return Store::open(folder_); })};
  for (const auto& text : whole) {
    EXPECT_THAT(text,
                HasSubstr(": Permission denied|" + folder_ + " belongs to root: run this as that user"));
  }
  std::filesystem::permissions(folder_, std::filesystem::perms(0755));  // now the files in it refuse
  EXPECT_THAT(as_nobody([&] { return Authority::open(folder_); }),
              HasSubstr(": Permission denied|" + folder_));
  EXPECT_THAT(as_nobody([&] { return Store::open(folder_); }),
              HasSubstr("muster.db: Permission denied|" + folder_));
}

TEST_F(StateFolderTest, what_is_absent_is_no_error) {
  EXPECT_EQ(*exists_in(folder_, "ca"), false);
  EXPECT_EQ(*exists_in(folder_ + "/none", "ca"), false);
  std::ofstream(folder_ + "/ca") << "";
  EXPECT_EQ(*exists_in(folder_, "ca"), true);
  const auto below_a_file = exists_in(folder_ + "/ca", "muster.db");
  ASSERT_FALSE(below_a_file);
  EXPECT_EQ(below_a_file.error().what, folder_ + "/ca: Not a directory");
}

TEST_F(StateFolderTest, a_hint_that_is_there_stays) {
  EXPECT_EQ(explained({Errc::denied, "x", "chmod 600 x"}, folder_).hint, "chmod 600 x");
}

TEST_F(StateFolderTest, a_read_only_file_system_names_what_the_unit_wants) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to mount";
  ASSERT_TRUE(Store::create(folder_));
  const auto confine = [&] {
    const char* path = folder_.c_str();
    return ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount(path, path, nullptr, MS_BIND, nullptr) == 0 &&
           ::mount(nullptr, path, nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) == 0;
  };
  const auto text = after(confine, [&] { return Store::open(folder_); });
  EXPECT_THAT(text, HasSubstr("muster.db: Read-only file system|"));
  EXPECT_THAT(text, HasSubstr("systemctl edit muster"));
  EXPECT_THAT(text, HasSubstr("ReadWritePaths=" + folder_));
}

}  // namespace
}  // namespace muster::service
