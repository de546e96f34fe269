// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/board.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/cli/text_width.h"

namespace muster {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

StepRecord step(const std::string& host, const std::string& name, const std::string& state,
                const std::string& text = {}) {
  StepRecord record;
  record.host = host;
  record.step = name;
  record.state = state;
  record.code = state == "failed" ? "E-SPACE" : "";
  record.text = text;
  return record;
}

// "h0", "h1" ...
std::vector<std::string> numbered(const std::string& name, int count) {
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) names.push_back(name + std::to_string(i));
  return names;
}

TEST(Board, ShowsWhereEachHostIs) {
  const Board::Time start{};
  Board board({"web1", "web2", "db1"}, {"connect", "probe", "upload"}, start);
  board.begun("web1", "connect", start);
  board.ended(step("web1", "connect", "ok"));
  board.begun("web1", "probe", start + milliseconds(500));
  board.begun("web2", "connect", start);
  board.ended(step("web2", "connect", "failed", "no\x1b[2J room"));
  board.host_done("web2", start);
  EXPECT_THAT(
      board.render(start + milliseconds(1700), 80, 24),
      ElementsAre("HOST  123  STEP AT WORK, OR OUTCOME", "web1  =/.  probe  1.20 s",
                  "web2  !..  connect: E-SPACE no?[2J room", "db1   ...  waiting",
                  "1 connect  2 probe  3 upload", "= unchanged  + changed  ! failed  . to come  | at work",
                  "1/3 done, 1 failed, 1 at work, 1 s"));
}

TEST(Board, ANoteStandsAboveTheLastLineAndKeepsToTheHeight) {
  Board board({"a", "b"}, {"connect"}, {});
  board.note("stopping");
  for (const std::size_t height : {2U, 3U, 4U, 24U}) {
    const auto lines = board.render({}, 80, height);
    ASSERT_LE(lines.size(), height);
    EXPECT_EQ(lines.at(lines.size() - 2), "stopping");
  }
  EXPECT_EQ(board.render({}, 80, 1).size(), 1U);
}

TEST(Board, FinishedHostsSayWhetherAnythingChanged) {
  const Board::Time start{};
  Board board({"a", "b"}, {"connect", "probe"}, start);
  for (const auto* host : {"a", "b"}) {
    board.begun(host, "connect", start);
    board.ended(step(host, "connect", "ok"));
    board.begun(host, "probe", start);
    board.ended(step(host, "probe", *host == 'a' ? "ok" : "changed"));
    board.host_done(host, start + milliseconds(300));
  }
  const auto lines = board.render(start, 80, 24);
  EXPECT_EQ(lines[1], "a     ==  ok  0.30 s");
  EXPECT_EQ(lines[2], "b     =+  changed  0.30 s");
}

TEST(Board, StepsAtWorkTogetherShowTheFurthestAndEndWithTheHost) {
  Board board({"a"}, {"connect", "become", "probe", "upload"}, {});
  board.begun("a", "connect", {});
  board.ended(step("a", "connect", "ok"));
  for (const char* name : {"become", "probe", "upload"}) board.begun("a", name, {});
  EXPECT_EQ(board.render({}, 80, 24)[1], "a     =|||  upload  0.00 s");
  board.ended(step("a", "upload", "ok"));
  EXPECT_EQ(board.render({}, 80, 24)[1], "a     =||=  probe  0.00 s");
  board.ended(step("a", "become", "failed", "no root"));
  board.host_done("a", {});
  EXPECT_EQ(board.render({}, 80, 24)[1], "a     =!.=  become: E-SPACE no root");
}

TEST(Board, SlowestHostAtWorkIsOnTopAndWhatFailedStaysInSight) {
  const auto hosts = numbered("h", 100);
  Board board(hosts, {"connect"}, {});
  for (int i = 99; i >= 20; --i) {
    board.begun("h" + std::to_string(i), "connect", Board::Time(milliseconds(1000 - i)));
  }
  board.ended(step("h50", "connect", "failed", "x"));
  board.host_done("h50", {});
  const auto lines = board.render({}, 80, 24);
  EXPECT_EQ(lines.size(), 24U);
  EXPECT_THAT(lines[1], HasSubstr("h99 "));
  EXPECT_THAT(lines[2], HasSubstr("h98 "));
  EXPECT_THAT(lines, testing::Contains(HasSubstr("E-SPACE x")));
}

TEST(Board, ForetellsTheEndOnceHostsHaveEndedWell) {
  using std::chrono::seconds;
  const auto hosts = numbered("h", 12);
  Board board(hosts, {"connect"}, {});
  const auto at = [](int second) { return Board::Time(seconds(second)); };
  for (const char* host : {"h0", "h1", "h2", "h3"}) board.begun(host, "connect", at(0));
  board.host_done("h0", at(10));
  EXPECT_THAT(board.render(at(10), 80, 24).back(), testing::Not(HasSubstr("to go")));
  board.host_done("h1", at(10));
  board.begun("h4", "connect", at(10));
  board.begun("h5", "connect", at(10));
  // Two have their ten seconds behind them, two before them, six wait: 80 s in four places.
  EXPECT_THAT(board.render(at(10), 80, 24).back(),
              HasSubstr("2/12 done, 0 failed, 4 at work, 10 s, about 20 s to go"));
}

TEST(Board, NeverExceedsTheTerminal) {
  const Board::Time start{};
  const auto hosts = numbered("host", 500);
  Board board(hosts, {"connect", "probe", "upload", "install_package", "verify"}, start);
  board.begun("host400", "connect", start);
  board.begun("host450", "connect", start);
  board.ended(step("host450", "connect", "failed", std::string(500, 'x')));
  board.host_done("host450", start);
  for (const std::size_t width : {1U, 9U, 40U, 200U}) {
    for (const std::size_t height : {0U, 1U, 2U, 3U, 6U, 7U, 8U, 9U, 10U, 24U, 600U}) {
      const auto lines = board.render(start, width, height);
      EXPECT_LE(lines.size(), height);
      for (const auto& line : lines) EXPECT_LE(display_width(line), width) << line;
    }
  }
  const auto lines = board.render(start, 40, 4);
  EXPECT_THAT(lines[0], HasSubstr("host400"));
  EXPECT_THAT(lines[1], HasSubstr("host450"));
}

TEST(Board, UnknownHostsAndStepsAreNoHarm) {
  Board board({"a"}, {"connect"}, {});
  board.begun("zzz", "connect", {});
  board.begun("a", "nonsense", {});
  board.ended(step("a", "other", "ok"));
  board.host_done("zzz", {});
  EXPECT_EQ(board.render({}, 80, 24).size(), 5U);
}

}  // namespace
}  // namespace muster
