// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/executor/log_file.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/agent/temporary_folder.h"

namespace muster::executor {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;

class LogFileTest : public ::testing::Test {
 protected:
  // Of an age of its own, since rotated files are put in order by it.
  void write(const std::string& name, const std::string& text, int seconds_ago = 0) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    fs::last_write_time(folder_ / name, fs::file_time_type::clock::now() - std::chrono::seconds(seconds_ago));
  }
  std::vector<std::string> rotated(const std::string& name = "app.log") {
    std::vector<std::string> contents;
    for (const auto& each : rotated_files(folder_ / name)) contents.push_back(octets_at(each, 0, 64).value());
    return contents;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(LogFileTest, OpensRegularFilesAlone) {
  write("app.log", "one\n");
  const auto file = open_log(folder_ / "app.log");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->size, 4U);
  struct stat state {};
  ASSERT_EQ(::stat((folder_ / "app.log").c_str(), &state), 0);
  EXPECT_EQ(file->inode, state.st_ino);
  EXPECT_EQ(file->device, state.st_dev);

  EXPECT_EQ(open_log(folder_ / "gone.log").error().code, Errc::not_found);
  const auto folder = open_log(folder_.path());
  EXPECT_EQ(folder.error().code, Errc::malformed);
  EXPECT_THAT(folder.error().what, EndsWith("is not a regular file"));
}

// Whoever writes into the folder could leave one: an open(2) that waits for its writer would wait for ever.
TEST_F(LogFileTest, DoesNotWaitForAFifo) {
  ASSERT_EQ(::mkfifo((folder_ / "app.log").c_str(), 0600), 0);
  EXPECT_EQ(open_log(folder_ / "app.log").error().code, Errc::malformed);
}

TEST_F(LogFileTest, ReadsWhatIsThere) {
  write("app.log", "0123456789");
  const auto file = open_log(folder_ / "app.log");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(octets_at(*file, 3, 4).value(), "3456");
  EXPECT_EQ(octets_at(*file, 8, 4).value(), "89");
  EXPECT_EQ(octets_at(*file, 10, 4).value(), "");
  EXPECT_EQ(octets_at(*file, 1000, 4).value(), "");
}

TEST_F(LogFileTest, AFingerprintTellsBeginningsApart) {
  write("a", std::string(600, 'x') + "tail");
  write("b", std::string(600, 'x') + "tail and more");
  write("c", std::string(600, 'x') + "TAIL");
  const auto a = open_log(folder_ / "a");
  const auto b = open_log(folder_ / "b");
  const auto c = open_log(folder_ / "c");
  ASSERT_TRUE(a && b && c);
  EXPECT_EQ(fingerprint(*a, 0).value(), "");
  EXPECT_EQ(fingerprint(*a, 604).value(), fingerprint(*b, 604).value());
  EXPECT_NE(fingerprint(*a, 604).value(), fingerprint(*c, 604).value());
  EXPECT_EQ(fingerprint(*a, 600).value(), fingerprint(*c, 600).value());
}

TEST_F(LogFileTest, RotatedFilesComeOldestFirst) {
  write("app.log", "now");
  write("app.log.1", "1", 10);
  write("app.log.2", "2", 20);
  write("app.log-20261120", "dated", 30);
  write("app.log-20261119.1", "dated twice", 40);
  EXPECT_THAT(rotated(), ElementsAre("dated twice", "dated", "2", "1"));
}

TEST_F(LogFileTest, OtherNamesAreNoRotatedFiles) {
  for (const char* name :
       {"app.log.1.gz", "app.log.", "app.log.old", "app.logs.1", "app.log1", "xapp.log.1"}) {
    write(name, name);
  }
  fs::create_directory(folder_ / "app.log.3");
  EXPECT_THAT(rotated(), IsEmpty());
  EXPECT_THAT(rotated_files(folder_ / "no/such/folder.log"), IsEmpty());
}

TEST_F(LogFileTest, TheSixtyFourYoungestCount) {
  for (int i = 1; i <= 70; ++i) write("app.log." + std::to_string(i), std::to_string(i), i);
  const auto found = rotated();
  ASSERT_EQ(found.size(), 64U);
  EXPECT_EQ(found.front(), "64");
  EXPECT_EQ(found.back(), "1");
}

}  // namespace
}  // namespace muster::executor
