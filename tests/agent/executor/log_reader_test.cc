// SPDX-License-Identifier: GPL-2.0-or-later
// Real files that grow, are renamed, emptied and copied, as logrotate and its like do it.
#include "agent/executor/log_reader.h"

#include <filesystem>
#include <fstream>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/agent/temporary_folder.h"

namespace muster::executor {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

class LogReaderTest : public ::testing::Test {
 protected:
  void SetUp() override { state_.file = folder_ / "app.log"; }

  void append(const std::string& text, const std::string& name = "app.log") {
    std::ofstream(folder_ / name, std::ios::app | std::ios::binary) << text;
  }
  void rename(const std::string& from, const std::string& to) { fs::rename(folder_ / from, folder_ / to); }
  void empty() { fs::resize_file(folder_ / "app.log", 0); }
  // What the copies of logrotate look like: another inode, the same octets, then the original is emptied.
  void copytruncate(const std::string& to) {
    fs::copy_file(folder_ / "app.log", folder_ / to);
    empty();
  }
  // Files of one moment would have no order.
  void age(const std::string& name, int seconds) {
    fs::last_write_time(folder_ / name, fs::file_time_type::clock::now() - std::chrono::seconds(seconds));
  }

  Lines read(std::size_t most = 1000) {
    Lines lines;
    const auto rest = read_new_lines(state_, std::chrono::steady_clock::now() + std::chrono::seconds(20),
                                     [&](std::string_view line) {
                                       if (lines.size() == most) return Next::stop;
                                       lines.emplace_back(line);
                                       return Next::go_on;
                                     });
    EXPECT_TRUE(rest.has_value()) << (rest ? "" : rest.error().what);
    more_ = rest && *rest == Rest::more;
    // As over a restart: only what is on disk is known.
    const auto again = parse_log_state(state_text(state_));
    EXPECT_TRUE(again.has_value() && *again == state_) << state_text(state_);
    return lines;
  }

  muster::testing::TemporaryFolder folder_;
  LogState state_;
  bool more_ = false;
};

TEST_F(LogReaderTest, ReadsEachWholeLineOnce) {
  append("one\ntwo\n");
  EXPECT_EQ(read(), (Lines{"one", "two"}));
  EXPECT_EQ(read(), Lines{});
  append("thr");
  EXPECT_EQ(read(), Lines{});
  append("ee\r\n\nfour\n");
  EXPECT_EQ(read(), (Lines{"three", "", "four"}));
  EXPECT_EQ(read(), Lines{});
}

TEST_F(LogReaderTest, BeginsAtTheEndWhereItIsToldSo) {
  append("old\nhalf");
  ASSERT_TRUE(move_to_end(state_).has_value());
  EXPECT_EQ(read(), Lines{});
  append(" line\nnew\n");
  EXPECT_EQ(read(), (Lines{"half line", "new"}));
}

TEST_F(LogReaderTest, AFileThatIsNotThereYetIsReadFromItsBeginning) {
  ASSERT_TRUE(move_to_end(state_).has_value());
  EXPECT_EQ(read(), Lines{});
  append("first\n");
  EXPECT_EQ(read(), Lines{"first"});
}

TEST_F(LogReaderTest, LeavesTheRestForTheNextCall) {
  append("1\n2\n3\n4\n5\n");
  EXPECT_EQ(read(2), (Lines{"1", "2"}));
  EXPECT_TRUE(more_);
  EXPECT_EQ(read(2), (Lines{"3", "4"}));
  EXPECT_TRUE(more_);
  EXPECT_EQ(read(2), Lines{"5"});
  EXPECT_FALSE(more_);
}

TEST_F(LogReaderTest, AfterRenamingTheRestOfTheOldFileComesFirst) {
  append("1\n2\n");
  EXPECT_EQ(read(), (Lines{"1", "2"}));
  append("3\n");
  rename("app.log", "app.log.1");
  append("4\n");
  EXPECT_EQ(read(), (Lines{"3", "4"}));
  append("5\n");
  EXPECT_EQ(read(), Lines{"5"});
}

TEST_F(LogReaderTest, WhoeverStillWritesToTheRenamedFileIsHeard) {
  append("1\n");
  EXPECT_EQ(read(), Lines{"1"});
  rename("app.log", "app.log.1");
  EXPECT_EQ(read(), Lines{});
  append("2\nhalf", "app.log.1");
  EXPECT_EQ(read(), Lines{"2"});
  append("");  // the new file is there, and empty
  append(" line\n3\n", "app.log.1");
  EXPECT_EQ(read(), (Lines{"half line", "3"}));
  append("4\n");
  EXPECT_EQ(read(), Lines{"4"});
}

TEST_F(LogReaderTest, SeveralRotationsBetweenTwoCallsLoseNothing) {
  append("1\n");
  EXPECT_EQ(read(), Lines{"1"});
  append("2\n");
  rename("app.log", "app.log.2");
  age("app.log.2", 20);
  append("3\n", "app.log.1");
  age("app.log.1", 10);
  append("4\n");
  EXPECT_EQ(read(), (Lines{"2", "3", "4"}));
  EXPECT_EQ(read(), Lines{});
}

TEST_F(LogReaderTest, GoesOnInTheMiddleOfARotatedFile) {
  append("1\n");
  EXPECT_EQ(read(), Lines{"1"});
  append("2\n3\n");
  rename("app.log", "app.log-20261121");
  append("4\n5\n");
  EXPECT_EQ(read(1), Lines{"2"});
  EXPECT_EQ(read(1), Lines{"3"});
  EXPECT_EQ(read(1), Lines{"4"});
  EXPECT_EQ(read(), Lines{"5"});
}

TEST_F(LogReaderTest, ALastLineWithoutEndCountsWhenItsFileIsOver) {
  append("1\n");
  EXPECT_EQ(read(), Lines{"1"});
  append("2");
  rename("app.log", "app.log.1");
  append("3\n");
  EXPECT_EQ(read(), (Lines{"2", "3"}));
}

TEST_F(LogReaderTest, AnEmptiedFileIsReadFromItsBeginning) {
  append("long line that goes\nand another\n");
  EXPECT_EQ(read().size(), 2U);
  empty();
  EXPECT_EQ(read(), Lines{});
  append("1\n");
  EXPECT_EQ(read(), Lines{"1"});
}

TEST_F(LogReaderTest, AnEmptiedFileThatHasGrownBeyondThePositionIsSeenToBeAnother) {
  append("a\nb\n");
  EXPECT_EQ(read().size(), 2U);
  empty();
  append("c\nd\ne\n");
  EXPECT_EQ(read(), (Lines{"c", "d", "e"}));
}

TEST_F(LogReaderTest, CopyTruncateLosesNothing) {
  append("head\n1\n");
  EXPECT_EQ(read(), (Lines{"head", "1"}));
  append("2\n");
  copytruncate("app.log.1");
  append("head\n3\n");
  EXPECT_EQ(read(), (Lines{"2", "head", "3"}));
  EXPECT_EQ(read(), Lines{});
  append("4\n");
  copytruncate("app.log.2");
  age("app.log.1", 10);
  EXPECT_EQ(read(), Lines{"4"});
  append("5\n");
  EXPECT_EQ(read(), Lines{"5"});
}

TEST_F(LogReaderTest, AFileOfTheSameInodeIsNotTakenForTheOldOne) {
  append("1\n2\n");
  EXPECT_EQ(read(), (Lines{"1", "2"}));
  struct stat before {};
  ASSERT_EQ(::stat((folder_ / "app.log").c_str(), &before), 0);
  fs::remove(folder_ / "app.log");
  append("x\ny\nz\n");
  state_.inode = [&] {
    struct stat now {};
    return ::stat((folder_ / "app.log").c_str(), &now) == 0 ? now.st_ino : 0;
  }();  // as the file system may have it by itself
  EXPECT_EQ(read(), (Lines{"x", "y", "z"}));
}

TEST_F(LogReaderTest, OtherFilesBesideItAreNotItsRotatedOnes) {
  append("1\n");
  EXPECT_EQ(read(), Lines{"1"});
  for (const char* name : {"app.log.debug", "app.log.1.gz", "app.log2", "other.log.1", "app.log.old"}) {
    append("wrong\n", name);
  }
  rename("app.log", "app.log.1");
  append("2\n");
  EXPECT_EQ(read(), Lines{"2"});
}

TEST_F(LogReaderTest, AVeryLongLineIsTakenInPieces) {
  append("a\n" + std::string(2 * kMaxLine + 100, 'x') + "\nb\n");
  std::size_t octets = 0;
  const Lines lines = read();
  for (const auto& line : lines) octets += line.size();
  EXPECT_EQ(octets, 2 * kMaxLine + 102);
  EXPECT_EQ(lines.front(), "a");
  EXPECT_EQ(lines.back(), "b");
}

TEST_F(LogReaderTest, StopsAtItsDeadline) {
  append("1\n");
  const auto rest =
      read_new_lines(state_, std::chrono::steady_clock::now(), [](std::string_view) { return Next::go_on; });
  ASSERT_TRUE(rest.has_value());
  EXPECT_EQ(*rest, Rest::more);
  EXPECT_EQ(read(), Lines{"1"});
}

TEST_F(LogReaderTest, RefusesWhatIsNoFile) {
  ASSERT_EQ(::mkfifo((folder_ / "app.log").c_str(), 0600), 0);
  const auto rest = read_new_lines(state_, std::chrono::steady_clock::now() + std::chrono::seconds(5),
                                   [](std::string_view) { return Next::go_on; });
  ASSERT_FALSE(rest.has_value());
  EXPECT_EQ(rest.error().code, Errc::malformed);
  fs::remove(folder_ / "app.log");
  fs::create_directory(folder_ / "app.log");
  EXPECT_FALSE(move_to_end(state_).has_value());
}

}  // namespace
}  // namespace muster::executor
