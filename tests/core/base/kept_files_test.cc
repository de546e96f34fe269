// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/kept_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace muster {
namespace {

TEST(KeptFiles, AreTheKernelsOwn) {
  EXPECT_NE(KeptFiles::place_of("/proc/meminfo"), KeptFiles::kNone);
  for (const auto* path : {"", "/proc", "/proc/meminfo2", "/proc/1/stat", "/etc/passwd"}) {
    EXPECT_EQ(KeptFiles::place_of(path), KeptFiles::kNone) << path;
  }
}

TEST(KeptFiles, ReadTheSameWayEveryTime) {
  KeptFiles kept;
  for (const auto* path : {"/proc/meminfo", "/proc/stat", "/proc/vmstat", "/proc/1/mountinfo"}) {
    const auto fresh = read_file(path, 8U << 20);
    for (int round = 0; round < 3; ++round) {
      const auto text = kept.read(KeptFiles::place_of(path), 8U << 20);
      ASSERT_EQ(text.has_value(), fresh.has_value()) << path;
      EXPECT_EQ(text.value_or("").substr(0, 8), fresh.value_or("").substr(0, 8)) << path;
    }
  }
}

// Figures must be those of now, not of the first reading: the machine's CPU time grows while this waits.
TEST(KeptFiles, AreReadAfreshEachTime) {
  KeptFiles kept;
  const auto place = KeptFiles::place_of("/proc/uptime");
  const auto first = kept.read(place, 256);
  ASSERT_TRUE(first.has_value());
  for (;;) {
    const auto next = kept.read(place, 256);
    ASSERT_TRUE(next.has_value());
    if (*next != *first) break;  // within 10 ms; a copy kept from before would never end this
  }
}

// The agent's processes close what they have inherited, and the numbers go to other files.
TEST(KeptFiles, AreNotInheritedByAFork) {
  KeptFiles kept;
  const auto place = KeptFiles::place_of("/proc/meminfo");
  ASSERT_TRUE(kept.read(place, 1U << 20).has_value());
  const pid_t child = ::fork();
  if (child == 0) {
    for (int fd = 3; fd < 64; ++fd) ::close(fd);
    for (int i = 0; i < 8; ++i) static_cast<void>(::open("/proc/version", O_RDONLY));
    const auto text = kept.read(place, 1U << 20);
    ::_exit(text && text->substr(0, 9) == "MemTotal:" ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(KeptFiles, RefuseWhatIsLongerThanAllowed) {
  KeptFiles kept;
  const auto place = KeptFiles::place_of("/proc/meminfo");
  const auto refused = kept.read(place, 16);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::malformed);
  EXPECT_TRUE(kept.read(place, 1U << 20).has_value());
}

}  // namespace
}  // namespace muster
