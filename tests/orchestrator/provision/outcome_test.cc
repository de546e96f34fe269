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
