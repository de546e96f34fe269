// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/linux_host.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace muster {
namespace {

class LinuxHostTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/linux-host-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    root_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  void write(const std::string& path, const std::string& content) const {
    std::ofstream(root_ + path) << content;
  }

  std::string root_;
};

TEST_F(LinuxHostTest, ResolvesPathsBelowTheRoot) {
  write("/plain", "content");
  ASSERT_EQ(::symlink("plain", (root_ + "/link").c_str()), 0);
  const LinuxHost host(root_);
  EXPECT_EQ(host.read_file("/plain").value(), "content");
  EXPECT_EQ(host.read_link("/link").value(), "plain");
  auto names = host.list_folder("/").value();
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"link", "plain"}));
}

TEST_F(LinuxHostTest, RefusesOrCutsWhatIsTooLarge) {
  write("/long", std::string(10000, 'x'));
  const LinuxHost host(root_);
  EXPECT_EQ(host.read_file("/long", 9999).error().code, Errc::malformed);
  EXPECT_EQ(host.read_file("/long", 10000).value().size(), 10000U);
  EXPECT_EQ(host.read_start("/long", 5000).value().size(), 5000U);
  EXPECT_EQ(host.read_start("/long", 20000).value().size(), 10000U);
}

TEST_F(LinuxHostTest, NamesTheLivePathInErrors) {
  const LinuxHost host(root_);
  for (const auto& error : {host.read_file("/none").error(), host.read_start("/none", 1).error(),
                            host.list_folder("/none").error(), host.read_link("/none").error(),
                            host.file_system_usage("/none").error()}) {
    EXPECT_EQ(error.code, Errc::not_found);
    EXPECT_NE(error.what.find("/none: "), std::string::npos) << error.what;
  }
}

TEST_F(LinuxHostTest, DoesNotWaitForTheWriterOfAFifo) {
  ASSERT_EQ(::mkfifo((root_ + "/fifo").c_str(), 0600), 0);
  EXPECT_EQ(LinuxHost(root_).read_file("/fifo").value(), "");
}

TEST(LinuxHost, ReadsTheLiveMachine) {
  const LinuxHost host;
  EXPECT_NE(host.read_file("/proc/meminfo").value().find("MemTotal:"), std::string::npos);
  EXPECT_EQ(host.system_name().system, "Linux");
  EXPECT_GT(host.clock_ticks_per_second(), 0);
  EXPECT_GT(host.page_bytes(), 0);
  const auto usage = host.file_system_usage("/").value();
  EXPECT_GT(usage.block_bytes, 0U);
  EXPECT_GT(usage.size_bytes, 0U);
  EXPECT_LE(usage.available_bytes, usage.size_bytes);
}

TEST(LinuxHost, KnowsTheOffsetOfTheLocalTime) {
  const char* before = ::getenv("TZ");  // NOLINT(concurrency-mt-unsafe)
  const std::string saved = before != nullptr ? before : "";
  const bool was_set = before != nullptr;
  ::setenv("TZ", "XXX-05:45", 1);  // NOLINT(concurrency-mt-unsafe)
  ::tzset();
  EXPECT_EQ(LinuxHost().utc_offset(), std::chrono::minutes(345));
  was_set ? ::setenv("TZ", saved.c_str(), 1) : ::unsetenv("TZ");  // NOLINT(concurrency-mt-unsafe)
  ::tzset();
}

}  // namespace
}  // namespace muster
