// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/rollout.h"

#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace muster {
namespace {

using testing::HasSubstr;

TEST(Share, IsANumberOrAPercentage) {
  EXPECT_EQ(parse_share("0")->number, 0U);
  EXPECT_FALSE(parse_share("7")->percent);
  EXPECT_EQ(parse_share("100%")->number, 100U);
  EXPECT_TRUE(parse_share("100%")->percent);
  for (const char* bad : {"", "%", "-1", "1.5", "10 %", "101%", "ten", "99999999999", "5%%"}) {
    EXPECT_FALSE(parse_share(bad)) << bad;
  }
}

std::vector<std::size_t> sizes(const RolloutRules& rules, std::size_t hosts) {
  std::vector<std::size_t> found;
  Rollout rollout(rules, hosts);
  for (std::size_t i = 0; i < rollout.waves(); ++i) {
    found.push_back(rollout.wave_size());
    for (std::size_t host = 0; host < found.back(); ++host) rollout.ended(true);
    if (rollout.waits_for_next()) rollout.next_wave();
  }
  return found;
}

TEST(Rollout, GoesInWaves) {
  using Sizes = std::vector<std::size_t>;
  EXPECT_EQ(sizes({}, 0), Sizes{});
  EXPECT_EQ(sizes({}, 7), Sizes{7});
  EXPECT_EQ(sizes({.canary = 2, .batch = {}, .max_fail = {}}, 7), (Sizes{2, 5}));
  EXPECT_EQ(sizes({.canary = 9, .batch = {}, .max_fail = {}}, 7), Sizes{7});
  EXPECT_EQ(sizes({.canary = 1, .batch = Share{3, false}, .max_fail = {}}, 8), (Sizes{1, 3, 3, 1}));
  EXPECT_EQ(sizes({.canary = 0, .batch = Share{25, true}, .max_fail = {}}, 10), (Sizes{3, 3, 3, 1}));
  EXPECT_EQ(sizes({.canary = 0, .batch = Share{0, true}, .max_fail = {}}, 2), (Sizes{1, 1}));
}

struct Case {
  RolloutRules rules;
  std::size_t hosts;
  std::vector<bool> outcomes;      // well or not, in the order in which they end
  std::optional<std::size_t> end;  // after how many of them the budget is used up
};

// What docs/rollout.md says, line for line.
TEST(Rollout, StopsAsTheTruthTableSays) {
  const auto no_more_than = [](std::size_t number, bool percent) {
    return RolloutRules{.canary = 0, .batch = {}, .max_fail = Share{number, percent}};
  };
  const Case cases[] = {
      {{}, 3, {false, false, false}, std::nullopt},
      {no_more_than(0, false), 3, {true, false, true}, 2},
      {no_more_than(1, false), 3, {false, true, true}, std::nullopt},
      {no_more_than(1, false), 3, {false, false, true}, 2},
      {no_more_than(0, true), 3, {true, true, false}, 3},
      {no_more_than(10, true), 10, {false, true, true}, std::nullopt},
      {no_more_than(10, true), 10, {false, false, true}, 2},
      {no_more_than(10, true), 9, {false}, 1},
      {no_more_than(100, true), 2, {false, false}, std::nullopt},
      {{.canary = 2, .batch = {}, .max_fail = {}}, 9, {true, false}, 2},
      {{.canary = 2, .batch = {}, .max_fail = {}}, 9, {true, true, false, false}, std::nullopt},
      {{.canary = 2, .batch = {}, .max_fail = Share{50, true}}, 9, {true, false}, std::nullopt},
      {{.canary = 2, .batch = {}, .max_fail = Share{50, true}}, 9, {false, false}, 2},
      {{.canary = 0, .batch = Share{2, false}, .max_fail = Share{25, true}}, 8, {false}, 1},
      {{.canary = 0, .batch = Share{4, false}, .max_fail = Share{25, true}},
       8,
       {false, true, true, true, false},
       std::nullopt},
      {{.canary = 0, .batch = Share{4, false}, .max_fail = Share{25, true}},
       8,
       {false, true, true, true, false, false},
       6},
      {{.canary = 0, .batch = Share{4, false}, .max_fail = Share{1, false}},
       8,
       {false, true, true, true, false},
       5},
  };
  for (const Case& each : cases) {
    Rollout rollout(each.rules, each.hosts);
    std::optional<std::size_t> end;
    for (std::size_t i = 0; i < each.outcomes.size() && !end; ++i) {
      if (rollout.waits_for_next()) rollout.next_wave();
      rollout.ended(each.outcomes[i]);
      if (rollout.exceeded()) end = i + 1;
    }
    EXPECT_EQ(end, each.end) << "case " << (&each - cases);
  }
}

// Every rule on every run of up to six hosts, with every combination of outcomes, against the words of the document.
TEST(Rollout, HoldsForEveryRunOfUpToSixHosts) {
  std::vector<std::optional<Share>> budgets{std::nullopt};
  for (const std::size_t number : {0U, 1U, 2U, 5U}) budgets.push_back(Share{number, false});
  for (const std::size_t percent : {0U, 10U, 25U, 34U, 50U, 99U, 100U})
    budgets.push_back(Share{percent, true});
  const std::vector<std::optional<Share>> batches{std::nullopt, Share{1, false}, Share{2, false},
                                                  Share{50, true}};
  std::size_t checked = 0;
  for (std::size_t hosts = 1; hosts <= 6; ++hosts) {
    for (std::size_t canary = 0; canary <= 2; ++canary) {
      for (const auto& batch : batches) {
        for (const auto& budget : budgets) {
          for (unsigned outcomes = 0; outcomes < (1U << hosts); ++outcomes) {
            Rollout rollout({canary, batch, budget}, hosts);
            std::size_t bad = 0;
            std::size_t bad_here = 0;
            std::size_t here = 0;
            for (std::size_t host = 0; host < hosts; ++host) {
              if (rollout.waits_for_next()) {
                rollout.next_wave();
                bad_here = here = 0;
              }
              ASSERT_LT(host, rollout.open());
              const bool well = ((outcomes >> host) & 1U) == 0;
              rollout.ended(well);
              ++here;
              bad += well ? 0 : 1;
              bad_here += well ? 0 : 1;
              const std::size_t size = rollout.wave_size();
              bool over = false;
              if (!budget) {
                over = rollout.is_canary() && bad_here > 0;
              } else if (budget->percent) {
                over = bad * 100 > budget->number * hosts || bad_here * 100 > budget->number * size;
              } else {
                over = bad > budget->number;
              }
              ASSERT_EQ(rollout.exceeded().has_value(), over);
              ASSERT_LE(here, size);
              ++checked;
              if (over) break;
            }
          }
        }
      }
    }
  }
  EXPECT_GT(checked, 10'000U);
}

TEST(Rollout, SaysWhatTheBudgetWasUsedUpBy) {
  Rollout run({.canary = 0, .batch = {}, .max_fail = Share{10, true}}, 20);
  for (int i = 0; i < 3; ++i) run.ended(false);
  EXPECT_EQ(run.exceeded(), "3 of 20 hosts went wrong, --max-fail 10% allows 2");
  Rollout canary({.canary = 1, .batch = {}, .max_fail = {}}, 20);
  canary.ended(false);
  EXPECT_EQ(canary.exceeded(), "1 of 1 host of the canary went wrong");
  Rollout batch({.canary = 0, .batch = Share{2, false}, .max_fail = Share{10, true}}, 20);
  batch.ended(false);
  EXPECT_EQ(batch.exceeded(), "1 of 2 hosts of batch 1 went wrong, --max-fail 10% allows 0");
}

}  // namespace
}  // namespace muster
