// SPDX-License-Identifier: GPL-2.0-or-later
#include <nlohmann/json.hpp>

#include "tests/orchestrator/commands/run_command.h"
#include "tests/orchestrator/poll/local_agent.h"

namespace muster {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::run_command;
using testing::State;

class RunsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = state_.store();
    const auto now = std::chrono::system_clock::now();
    const auto run = store.begin_run({0, "provision", "hosts.ini", "root", now, {}, -1});
    ASSERT_TRUE(run);
    // In order of time, as they come in.
    for (const auto* step : {"connect", "probe", "install_package"}) {
      for (const auto* host : {"h2", "h1"}) put(store, {*run, host, step, "ok", "", "", "", {}});
    }
    put(store, {*run, "h1", "register", "changed", "", "a note", "", {}});
    put(store, {*run, "h3", "connect", "failed", "E-INTERRUPTED", "stopped: SIGINT", "run again", {}});
    ASSERT_TRUE(store.end_run(*run, now, 1, "SIGINT"));
  }
  static void put(Store& store, const StepRecord& step) { ASSERT_TRUE(store.put_step(step)); }
  std::string shown(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"runs", "show"});
    return run_command(state_.folder(), more).out;
  }
  State state_;
};

TEST_F(RunsTest, alone_lists) {
  EXPECT_THAT(run_command(state_.folder(), {"runs"}).out,
              AllOf(HasSubstr("COMMAND"), HasSubstr("provision")));
}

TEST_F(RunsTest, show_has_one_line_for_each_host_and_the_steps_of_those_that_failed) {
  const auto out = shown();
  EXPECT_THAT(out, HasSubstr("HOST  OUTCOME    TOOK  CHANGED\nh1    changed  0.00 s  register\nh2    ok"));
  EXPECT_THAT(out, AllOf(Not(HasSubstr("probe")), HasSubstr("connect"), HasSubstr("h1: a note\n"),
                         HasSubstr("h3 (connect): E-INTERRUPTED: stopped: SIGINT\n  hint: run again\n")));
}

TEST_F(RunsTest, show_has_all_steps_host_by_host_when_asked) {
  const auto all = shown({"--verbose"});
  EXPECT_LT(all.rfind("h1    probe"), all.find("h2    connect"));
  const auto one = shown({"--host", "h2"});
  EXPECT_THAT(one, AllOf(HasSubstr("h2    probe"), Not(HasSubstr("h1  "))));
  EXPECT_THAT(run_command(state_.folder(), {"runs", "show", "--host", "h9"}).err,
              HasSubstr("no host h9 in it"));
}

TEST_F(RunsTest, a_stopped_run_says_so_and_what_was_not_finished) {
  EXPECT_THAT(shown(), AllOf(HasSubstr(", stopped (SIGINT)\n"), HasSubstr("not finished: h3\n")));
  EXPECT_THAT(run_command(state_.folder(), {"runs", "list"}).out, HasSubstr("stopped"));
  const auto json = nlohmann::json::parse(shown({"--json"}));
  EXPECT_EQ(json["status"], "stopped");
  EXPECT_EQ(json["stopped"], "SIGINT");
  EXPECT_EQ(json["unfinished"], nlohmann::json::array({"h3"}));
  EXPECT_EQ(json["hosts"].size(), 3U);
}

}  // namespace
}  // namespace muster
