// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/host_line.h"

#include <gtest/gtest.h>

namespace muster {
namespace {

constexpr std::string_view kMark = "mabc123";

TEST(HostLine, ReadsEveryVerb) {
  using Verb = HostLine::Verb;
  struct Row {
    const char* line;
    Verb verb;
    const char* step;
    const char* text;
  };
  const Row rows[] = {
      {"mabc123 tty", Verb::tty, "", ""},
      {"mabc123 ready 0", Verb::ready, "", "0"},
      {"mabc123 begin install_package", Verb::begin, "install_package", ""},
      {"mabc123 ok probe", Verb::ok, "probe", ""},
      {"mabc123 changed upload", Verb::changed, "upload", ""},
      {"mabc123 failed upload E-SPACE no room", Verb::failed, "upload", "no room"},
      {"mabc123 | -----BEGIN", Verb::data, "", "-----BEGIN"},
      {"mabc123 |", Verb::data, "", ""},
      {"mabc123 ask request_certificate", Verb::ask, "request_certificate", ""},
      {"mabc123 fact os=debian", Verb::fact, "", "os=debian"},
      {"mabc123 have", Verb::have, "", ""},
      {"mabc123 want /tmp/muster-abcdef", Verb::want, "", "/tmp/muster-abcdef"},
      {"mabc123 got", Verb::got, "", ""},
      {"mabc123 end", Verb::end, "", ""},
  };
  for (const auto& row : rows) {
    const auto line = parse_host_line(row.line, kMark);
    ASSERT_TRUE(line) << row.line;
    EXPECT_EQ(line->verb, row.verb) << row.line;
    EXPECT_EQ(line->step, row.step) << row.line;
    EXPECT_EQ(line->text, row.text) << row.line;
  }
}

TEST(HostLine, WhatBreaksTheGrammarIsNotOurs) {
  for (const std::string line :
       {"", "mabc123", "mabc123 ", "mabc12 end", "mabc1234 end", " mabc123 end", "mabc123 END",
        "mabc123 end now", "mabc123 ok", "mabc123 ok a b", "mabc123 ok Probe", "mabc123 ok ../x",
        "mabc123 begin a-b", "mabc123 failed", "mabc123 have it", "mabc123  end"}) {
    EXPECT_FALSE(parse_host_line(line, kMark)) << line;
  }
  EXPECT_FALSE(parse_host_line("mabc123 ok " + std::string(41, 'a'), kMark));
  EXPECT_FALSE(parse_host_line("mabc123 | " + std::string(2000, 'a'), kMark));
  EXPECT_FALSE(parse_host_line(" end", ""));
}

TEST(HostLine, UnknownCodeOfAHostBecomesAScriptFailureAndItsTextIsEscaped) {
  const auto line =
      parse_host_line("mabc123 failed upload E-NONSENSE a\x1b[2J" + std::string(1000, 'b'), kMark);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->code, FailureCode::script);
  EXPECT_EQ(line->text.substr(0, 10), "a\\x1b[2Jbb");
  EXPECT_LE(line->text.size(), 510U);
}

TEST(HostLine, OnlyOurFoldersAreTakenFromAHost) {
  for (const auto* good : {"/tmp/muster-abcdef", "/var/tmp/muster-A1b2C3d4E5"}) {
    EXPECT_TRUE(is_upload_folder(good));
  }
  for (const auto* bad :
       {"", "/tmp/muster-", "/tmp/muster-abc", "/tmp/muster-../../etc", "/etc/muster-abcdef",
        "/tmp/muster-abcdef/x", "/tmp/muster-abc def", "/tmp/muster-abcdefghijklmnopqrstu",
        " /tmp/muster-abcdef", "/tmp/muster-abcde\n"}) {
    EXPECT_FALSE(is_upload_folder(bad)) << bad;
  }
}

}  // namespace
}  // namespace muster
