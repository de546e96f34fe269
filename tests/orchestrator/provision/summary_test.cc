// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace muster {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Summary, ExitStatusSaysHowMuchWentWell) {
  const struct {
    std::size_t settled, changed, failed, unreachable;
    const char* stopped;
    Exit exit;
  } rows[] = {
      {3, 0, 0, 0, "", Exit::ok},       {0, 3, 0, 0, "", Exit::ok},     {1, 1, 1, 0, "", Exit::partly},
      {0, 0, 2, 1, "", Exit::failed},   {2, 0, 0, 1, "", Exit::partly}, {2, 0, 1, 0, "SIGINT", Exit::failed},
      {3, 0, 0, 0, "SIGINT", Exit::ok},
  };
  for (const auto& row : rows) {
    Summary summary;
    summary.settled = row.settled;
    summary.changed = row.changed;
    summary.failed = row.failed;
    summary.unreachable = row.unreachable;
    summary.hosts = row.settled + row.changed + row.failed + row.unreachable;
    summary.stopped = row.stopped;
    EXPECT_EQ(summary.exit(), row.exit)
        << row.settled << row.changed << row.failed << row.unreachable << row.stopped;
  }
}

TEST(Summary, FailuresAreGroupedByCauseWithTheRemedy) {
  Summary summary;
  summary.run = 7;
  summary.hosts = 31;
  summary.failed = 30;
  summary.settled = 1;
  for (int i = 0; i < 30; ++i) {
    summary.failures[FailureCode::sudo_wrong].push_back({"h" + std::to_string(i), "become", "no"});
  }
  summary.accepted.push_back({"h1", "10.0.0.1", "ssh-ed25519 SHA256:x"});
  const auto text = summary_text(summary);
  EXPECT_THAT(text, HasSubstr("run 7: 31 hosts: 1 ok, 0 changed, 30 failed, 0 unreachable; 0 changes"));
  EXPECT_THAT(text, HasSubstr("E-SUDO-WRONG: sudo refused the password (tried once)\n  h0 (become): no\n"));
  EXPECT_THAT(text, HasSubstr("and 10 more"));
  EXPECT_THAT(text, Not(HasSubstr("h20 ")));
  EXPECT_THAT(text, HasSubstr("fix: check the password"));
  EXPECT_THAT(text, HasSubstr("h1  10.0.0.1  ssh-ed25519 SHA256:x"));
  const auto json = summary_json(summary);
  EXPECT_EQ(json["failures"][0]["hosts"].size(), 30U);
  EXPECT_EQ(json["failures"][0]["code"], "E-SUDO-WRONG");
  EXPECT_EQ(json["exit"], 3);
}

TEST(Summary, EachRemedyIsGivenOnceAndSaysForWhomWhereThereAreSeveral) {
  Summary summary;
  summary.failures[FailureCode::verify] = {{"h1", "verify", "no answer"},
                                           {"h2", "verify", "self-signed", "muster provision"},
                                           {"h3", "verify", "self-signed", "muster provision"}};
  const auto text = summary_text(summary);
  EXPECT_THAT(text, HasSubstr("  fix for h1: check the firewall"));
  EXPECT_THAT(text, HasSubstr("  fix for h2, h3: muster provision\n"));
  EXPECT_THAT(text, Not(HasSubstr("1270")));
  EXPECT_EQ(summary_json(summary)["failures"][0]["hosts"][1]["hint"], "muster provision");
}

TEST(Summary, NotesOfHostsThatAreWellAreTold) {
  Summary summary;
  summary.notes.push_back({"h1", "was signed by CN=old; taken over"});
  EXPECT_THAT(summary_text(summary), HasSubstr("\nnote\n  h1: was signed by CN=old; taken over\n"));
  EXPECT_EQ(summary_json(summary)["notes"][0]["host"], "h1");
}

}  // namespace
}  // namespace muster
