// SPDX-License-Identifier: GPL-2.0-or-later
#include <nlohmann/json.hpp>

#include "tests/orchestrator/commands/run_command.h"

namespace muster {
namespace {

using ::testing::HasSubstr;

TEST(ErrorsCommand, explains_a_code) {
  const auto outcome = testing::run_command("/nonexistent", {"errors", "e-sudo-wrong"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("E-SUDO-WRONG: sudo refused the password"));
  EXPECT_THAT(outcome.out, HasSubstr("\nfix: "));
  EXPECT_THAT(outcome.out, HasSubstr("\ncounts as failed\n"));
  EXPECT_THAT(testing::run_command("/nonexistent", {"errors", "E-UNREACHABLE"}).out,
              HasSubstr("counts as unreachable"));
}

TEST(ErrorsCommand, lists_all) {
  const auto json = testing::run_command("/nonexistent", {"errors", "--json"});
  EXPECT_GT(nlohmann::json::parse(json.out)["errors"].size(), 30U);
  EXPECT_THAT(testing::run_command("/nonexistent", {"errors"}).out, HasSubstr("E-WORKER"));
}

TEST(ErrorsCommand, of_an_unknown_code_says_where_they_are) {
  const auto outcome = testing::run_command("/nonexistent", {"errors", "E-NONE"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("muster errors"));
}

}  // namespace
}  // namespace muster
