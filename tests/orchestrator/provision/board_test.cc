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

TEST(Board, ShowsWhereEachHostIs) {
  const Board::Time start{};
  Board board({"web1", "web2", "db1"}, {"connect", "probe", "upload"}, start);
  board.begun("web1", "connect", start);
  board.ended(step("web1", "connect", "ok"));
  board.begun("web1", "probe", start + milliseconds(500));
  board.begun("web2", "connect", start);
  board.ended(step("web2", "connect", "failed", "no\x1b[2J room"));
  board.host_done("web2");
  EXPECT_THAT(board.render(start + milliseconds(1700), 80, 24),
              ElementsAre("web1  =/.  probe  1.20 s", "web2  !..  connect: E-SPACE no?[2J room", "db1   ...",
                          "1/3 done, 1 at work, 1 failed, 1.70 s"));
}

TEST(Board, FinishedHostsSayWhetherAnythingChanged) {
  const Board::Time start{};
  Board board({"a", "b"}, {"connect", "probe"}, start);
  for (const auto* host : {"a", "b"}) {
    board.begun(host, "connect", start);
    board.ended(step(host, "connect", "ok"));
    board.begun(host, "probe", start);
    board.ended(step(host, "probe", *host == 'a' ? "ok" : "changed"));
    board.host_done(host);
  }
  EXPECT_THAT(board.render(start, 80, 24),
              ElementsAre("a     ==  ok", "b     =+  changed", HasSubstr("2/2 done, 0 at work, 0 failed")));
}

TEST(Board, NeverExceedsTheTerminal) {
  const Board::Time start{};
  std::vector<std::string> hosts;
  for (int i = 0; i < 500; ++i) hosts.push_back("host" + std::to_string(i));
  Board board(hosts, {"connect"}, start);
  board.begun("host400", "connect", start);
  board.begun("host450", "connect", start);
  board.ended(step("host450", "connect", "failed", std::string(500, 'x')));
  board.host_done("host450");
  for (const std::size_t height : {0U, 1U, 2U, 3U, 10U, 600U}) {
    const auto lines = board.render(start, 40, height);
    EXPECT_LE(lines.size(), height);
    for (const auto& line : lines) EXPECT_LE(display_width(line), 40U) << line;
  }
  const auto lines = board.render(start, 40, 3);
  EXPECT_THAT(lines[0], HasSubstr("host400"));
  EXPECT_THAT(lines[1], HasSubstr("host450"));
}

TEST(Board, UnknownHostsAndStepsAreNoHarm) {
  Board board({"a"}, {"connect"}, {});
  board.begun("zzz", "connect", {});
  board.begun("a", "nonsense", {});
  board.ended(step("a", "other", "ok"));
  board.host_done("zzz");
  EXPECT_EQ(board.render({}, 80, 24).size(), 2U);
}

}  // namespace
}  // namespace muster
