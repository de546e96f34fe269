// SPDX-License-Identifier: GPL-2.0-or-later
// GetMatchedRows and ResetStateFile as a client sees them.
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/executor/action.h"
#include "core/base/fd.h"
#include "tests/agent/temporary_folder.h"

namespace muster::executor {
namespace {

using Rows = std::vector<std::string>;

class LogMethodsTest : public ::testing::Test {
 protected:
  void append(const std::string& text) { std::ofstream(log_, std::ios::app | std::ios::binary) << text; }

  cim::Invocation match(Rows expressions, const std::string& qid = "q") const {
    return {"SCX_LogFile",
            "GetMatchedRows",
            {},
            {{"filename", {log_}}, {"regexps", std::move(expressions)}, {"qid", {qid}}}};
  }
  Surroundings here(std::size_t octets = 100'000) const {
    return {state_.path(), std::chrono::steady_clock::now() + std::chrono::seconds(20), octets, -1};
  }
  Result<Outcome> call(const cim::Invocation& invocation, std::size_t octets = 100'000) const {
    return find_action(invocation.class_name, invocation.method)->act(invocation, here(octets));
  }
  Rows rows(Rows expressions, const std::string& qid = "q", std::size_t octets = 100'000) const {
    const auto outcome = call(match(std::move(expressions), qid), octets);
    EXPECT_TRUE(outcome.has_value()) << (outcome ? "" : outcome.error().what);
    if (!outcome) return {};
    const auto* found = cim::find_argument(outcome->answer, "rows");
    Rows list = found == nullptr ? Rows{} : found->values;
    EXPECT_EQ(cim::text_of(outcome->answer, "ReturnValue"), std::to_string(list.size()));
    return list;
  }
  void reset(bool on_read, const std::string& qid = "q") const {
    ASSERT_TRUE(call({"SCX_LogFile",
                      "ResetStateFile",
                      {},
                      {{"filename", {log_}}, {"qid", {qid}}, {"resetOnRead", {on_read ? "TRUE" : "FALSE"}}}})
                    .has_value());
  }

  muster::testing::TemporaryFolder folder_;
  muster::testing::TemporaryFolder state_;
  std::string log_ = folder_ / "app.log";
};

TEST_F(LogMethodsTest, AnswerWithTheRowsOfTheOriginal) {
  append("old error\n");
  EXPECT_EQ(rows({"error"}), Rows{});
  append("an error\nfine\nerror 42\n");
  EXPECT_EQ(rows({"error", "[a", "[0-9]+", "("}), (Rows{"InvalidRegexp;1 3", "0;an error", "0 2;error 42"}));
  EXPECT_EQ(rows({"error"}), Rows{});
}

TEST_F(LogMethodsTest, EveryQidHasItsOwnPosition) {
  append("0\n");
  EXPECT_EQ(rows({"."}, "a"), Rows{});
  append("1\n");
  EXPECT_EQ(rows({"."}, "b"), Rows{});
  append("2\n");
  EXPECT_EQ(rows({"."}, "a"), (Rows{"0;1", "0;2"}));
  EXPECT_EQ(rows({"."}, "b"), Rows{"0;2"});
}

TEST_F(LogMethodsTest, WhatDoesNotFitIsSaidToBeThereAndComesNext) {
  EXPECT_EQ(rows({"."}), Rows{});
  for (int i = 0; i < 501; ++i) append("x\n");
  const Rows first = rows({"."});
  ASSERT_EQ(first.size(), 501U);
  EXPECT_EQ(first.back(), "MoreRowsAvailable;true");
  EXPECT_EQ(rows({"."}), Rows{"0;x"});
  for (int i = 0; i < 10; ++i) append(std::string(1000, '&') + "\n");
  const Rows cut = rows({"."}, "q", 12'000);
  EXPECT_EQ(cut.size(), 3U);  // two of 5,000 octets as XML
  EXPECT_EQ(cut.back(), "MoreRowsAvailable;true");
  EXPECT_EQ(rows({"."}).size(), 8U);
}

TEST_F(LogMethodsTest, ALineLargerThanTheAnswerIsCutAndDoesNotStopTheRest) {
  EXPECT_EQ(rows({"."}), Rows{});
  append(std::string(20'000, '&') + "\nnext\n");
  const Rows first = rows({"."}, "q", 3000);
  ASSERT_FALSE(first.empty());
  EXPECT_TRUE(first[0].starts_with("0;&&&"));
  EXPECT_LT(first[0].size(), 3000U);
}

TEST_F(LogMethodsTest, AResetPassesOverWhatIsThereNowOrThen) {
  append("1\n");
  EXPECT_EQ(rows({"."}), Rows{});
  append("2\n");
  reset(false);
  append("3\n");
  EXPECT_EQ(rows({"."}), Rows{"0;3"});
  append("4\n");
  reset(true);
  append("5\n");
  EXPECT_EQ(rows({"."}), Rows{});
  append("6\n");
  EXPECT_EQ(rows({"."}), Rows{"0;6"});
}

TEST_F(LogMethodsTest, AnAnswerThatWasNotDeliveredIsGivenAgain) {
  append("1\n");
  EXPECT_EQ(rows({"."}), Rows{});
  append("2\n");
  const auto outcome = call(match({"."}));
  ASSERT_TRUE(outcome && outcome->undo);
  outcome->undo();
  EXPECT_EQ(rows({"."}), Rows{"0;2"});
  EXPECT_EQ(rows({"."}), Rows{});
}

TEST_F(LogMethodsTest, RefuseEachWithItsReason) {
  append("1\n");
  const auto with = [&](const char* name, const std::string& value) {
    auto invocation = match({"."});
    std::erase_if(invocation.arguments, [&](const cim::Argument& each) { return each.name == name; });
    invocation.arguments.push_back({name, {value}});
    return call(invocation);
  };
  for (const auto& [name, value] :
       std::initializer_list<std::pair<const char*, std::string>>{{"filename", "app.log"},
                                                                  {"filename", ""},
                                                                  {"qid", ""},
                                                                  {"qid", std::string(5000, 'q')},
                                                                  {"elevationType", "sudo"},
                                                                  {"filename", folder_.path()}}) {
    const auto refused = with(name, value);
    ASSERT_FALSE(refused.has_value()) << name << value;
    EXPECT_EQ(refused.error().code, Errc::malformed) << refused.error().what;
  }
}

TEST_F(LogMethodsTest, ADamagedPositionIsSaidAndCanBeReset) {
  append("1\n");
  EXPECT_EQ(rows({"."}), Rows{});
  for (const auto& entry : std::filesystem::directory_iterator(state_.path())) {
    if (entry.path().extension() == ".state") std::ofstream(entry.path()) << "nonsense";
  }
  const auto refused = call(match({"."}));
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().what.find("ResetStateFile"), std::string::npos);
  reset(false);
  append("2\n");
  EXPECT_EQ(rows({"."}), Rows{"0;2"});
}

}  // namespace
}  // namespace muster::executor
