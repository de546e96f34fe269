// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/account_files.h"

#include <functional>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "tests/agent/temporary_folder.h"

namespace muster::agent {
namespace {

TEST(AccountFiles, StayTheSameUntilOneOfThemIsTouchedReplacedOrRemoved) {
  const muster::testing::TemporaryFolder folder;
  const std::array<std::string, 3> files = {folder / "shadow", folder / "passwd", folder / "group"};
  for (const auto& file : files) ASSERT_TRUE(write_file_atomically(file, "one", 0600).has_value());
  const timespec old[2] = {{1000, 0}, {1000, 0}};
  const std::pair<const char*, std::function<void()>> changes[] = {
      {"rewritten in place",
       [&] {
         const Fd file(::open(files[0].c_str(), O_WRONLY));
         ASSERT_EQ(::write(file.get(), "two", 3), 3);
       }},
      {"replaced by a file with the same content and times",
       [&] {
         ASSERT_TRUE(write_file_atomically(files[1], "one", 0600).has_value());
         ::utimensat(AT_FDCWD, files[1].c_str(), old, 0);
       }},
      {"set back in time", [&] { ::utimensat(AT_FDCWD, files[2].c_str(), old, 0); }},
      {"removed", [&] { ::unlink(files[0].c_str()); }},
  };
  AccountStamp before = stamp_of(files);
  for (const auto& [name, change] : changes) {
    SCOPED_TRACE(name);
    EXPECT_EQ(stamp_of(files), before);
    change();
    const AccountStamp after = stamp_of(files);
    EXPECT_NE(after, before);
    before = after;
  }
}

}  // namespace
}  // namespace muster::agent
