// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/outcome.h"

#include <gtest/gtest.h>

namespace muster {
namespace {

using std::chrono::milliseconds;

StepRecord record(const std::string& host, const std::string& step, const std::string& state) {
  StepRecord made;
  made.host = host;
  made.step = step;
  made.state = state;
  if (state == "failed") {
    made.code = "E-SPACE";
    made.text = "no \x1b[2J room";
  }
  return made;
}

TEST(Outcomes, OneLineTellsStateStepsCauseAndTime) {
  struct Told {
    const char* step;
    const char* state;
  };
  const struct {
    std::vector<Told> told;
    const char* line;
  } rows[] = {
      {{{"connect", "ok"}, {"probe", "ok"}}, "a: ok (1.50 s)"},
      {{{"connect", "ok"}, {"install_package", "changed"}, {"register", "changed"}},
       "a: changed: install_package, register (1.50 s)"},
      {{{"connect", "failed"}}, "a: failed at connect: E-SPACE: no ?[2J room (1.50 s)"},
      {{{"install_package", "changed"}, {"verify", "failed"}},
       "a: failed at verify: E-SPACE: no ?[2J room; changed before: install_package (1.50 s)"},
  };
  for (const auto& row : rows) {
    Outcomes outcomes;
    outcomes.begun("a", Outcomes::Time(milliseconds(500)));
    for (const auto& told : row.told) {
      outcomes.begun("a", Outcomes::Time(milliseconds(900)));
      outcomes.ended(record("a", told.step, told.state));
    }
    outcomes.ended(record("b", "probe", "changed"));
    EXPECT_EQ(outcome_line("a", outcomes.take("a", Outcomes::Time(milliseconds(2000)))), row.line);
  }
}

TEST(Outcomes, WhatASuccessfulStepHasToSayIsOnTheLine) {
  Outcomes outcomes;
  outcomes.begun("a", {});
  auto step = record("a", "request_certificate", "changed");
  step.text = "was signed by CN=old; taken over";
  outcomes.ended(step);
  EXPECT_EQ(outcome_line("a", outcomes.take("a", {})),
            "a: changed: request_certificate; was signed by CN=old; taken over (0.00 s)");
}

TEST(Histories, AreHostByHostAndOverlappingStepsCountOnce) {
  const auto timed = [](const char* host, const char* step, int began, int took) {
    auto made = record(host, step, "ok");
    made.began = WallTime(milliseconds(began));
    made.took = milliseconds(took);
    return made;
  };
  const auto all = histories({timed("b", "connect", 1000, 100), timed("a", "connect", 1000, 200),
                              timed("b", "probe", 1100, 500), timed("b", "become", 1100, 700)});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].host, "a");
  EXPECT_EQ(all[1].outcome.took, milliseconds(800));
  EXPECT_EQ(all[1].steps.size(), 3U);
}

TEST(Histories, RunsOfOldWithoutTimesAddUp) {
  auto step = record("a", "connect", "ok");
  step.took = milliseconds(300);
  EXPECT_EQ(histories({step, step}).at(0).outcome.took, milliseconds(600));
}

TEST(Outcomes, HostsAreForgottenOnceTaken) {
  Outcomes outcomes;
  outcomes.begun("a", {});
  outcomes.ended(record("a", "probe", "changed"));
  EXPECT_EQ(outcomes.take("a", {}).state(), "changed");
  EXPECT_EQ(outcomes.take("a", {}).state(), "ok");
  EXPECT_EQ(outcomes.take("never heard of", {}).took.count(), 0);
}

}  // namespace
}  // namespace muster
