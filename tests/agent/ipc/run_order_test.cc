// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/ipc/run_order.h"

#include <gtest/gtest.h>

#include "agent/ipc/arguments.h"

namespace muster::ipc {
namespace {

RunOrder order() {
  return {{Caller::Kind::user, "alice", "ticket", "192.0.2.1"},
          std::chrono::milliseconds(60000),
          1000,
          {"SCX_LogFile", "GetMatchedRows", {}, {{"regexps", {"a", "", "2"}}, {"none", {}}, {"qid", {"3"}}}}};
}

TEST(RunOrder, ComesBackAsItWas) {
  const auto parsed = parse_run(run_rows(order()));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(run_rows(*parsed), run_rows(order()));
  EXPECT_EQ(parsed->caller.proof, "ticket");
  EXPECT_EQ(parsed->deadline, std::chrono::milliseconds(60000));
  EXPECT_EQ(parsed->answer_octets, 1000U);
  ASSERT_EQ(parsed->call.arguments.size(), 3U);
  EXPECT_EQ(parsed->call.arguments[0].values, (std::vector<std::string>{"a", "", "2"}));
  EXPECT_TRUE(parsed->call.arguments[1].values.empty());
}

TEST(RunOrder, OfAFrontThatWasTakenOverIsRefused) {
  const auto with = [](std::size_t at, const std::string& value) {
    auto rows = run_rows(order());
    rows.at(at) = value;
    return rows;
  };
  for (const auto& rows : {with(0, "root"), with(1, ""), with(4, ""), with(4, "-1"), with(4, "600001"),
                           with(4, "1x"), with(5, "99999999"), with(9, "4000"), with(9, "-1"), with(9, ""),
                           std::vector<std::string>{}, std::vector<std::string>(7, "user")}) {
    const auto parsed = parse_run(rows);
    ASSERT_FALSE(parsed.has_value());
    EXPECT_EQ(parsed.error().code, Errc::malformed);
  }
}

TEST(RunOrder, TellsPeopleWhoTheCallerIs) {
  EXPECT_EQ(words_of({Caller::Kind::user, "alice", "ticket", ""}), "user alice");
  EXPECT_EQ(words_of({Caller::Kind::certificate, "00ff", "CN=ms1", ""}), "certificate CN=ms1");
}

}  // namespace
}  // namespace muster::ipc
