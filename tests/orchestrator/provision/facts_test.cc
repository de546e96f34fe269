// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/facts.h"

#include <gtest/gtest.h>

namespace muster {
namespace {

constexpr std::string_view kDebian =
    "system=Linux\nmachine=x86_64\nos=debian\nos_name=Debian "
    "GNU/Linux\nos_version=12\ndpkg=yes\narch=amd64\n";

TEST(Facts, SurviveTheirOwnText) {
  const auto facts = Facts::parse(kDebian);
  EXPECT_EQ(Facts::parse(facts.text()).text(), facts.text());
  EXPECT_EQ(facts.platform(), "Debian GNU/Linux 12 x86_64");
  EXPECT_EQ(facts["clock"], "");
}

TEST(Facts, HostileValuesAreCutAndEscapedAndUnknownKeysKeptOut) {
  Facts facts;
  EXPECT_FALSE(facts.add("no equals"));
  EXPECT_FALSE(facts.add("=value"));
  EXPECT_FALSE(facts.add("evil=value"));
  EXPECT_TRUE(facts.add("os_name=  \x1b]0;owned\x07" + std::string(5000, 'x')));
  EXPECT_EQ(facts["os_name"].substr(0, 14), "\\x1b]0;owned\\x");
  EXPECT_LT(facts["os_name"].size(), 220U);
  EXPECT_TRUE(facts.add("os_name=a=b"));
  EXPECT_EQ(facts["os_name"], "a=b");
}

// A worker says them to the management server as text: both must see the same.
TEST(Facts, SurviveTheirOwnTextWhenEscapesMakeThemLong) {
  for (const auto& value :
       {std::string(150, '\x01'), std::string(199, 'x') + " y", std::string(300, ' ') + "x"}) {
    Facts facts;
    ASSERT_TRUE(facts.add("os_name=" + value));
    EXPECT_LE(facts["os_name"].size(), 200U);
    EXPECT_EQ(Facts::parse(facts.text()).text(), facts.text());
  }
}

TEST(Facts, OnlyDebianOnAmd64IsServed) {
  EXPECT_FALSE(check_platform(Facts::parse(kDebian)));
  const struct {
    const char* changed;
    const char* said;
  } rows[] = {
      {"system=FreeBSD", "not Linux"},          {"dpkg=no", "no dpkg"},
      {"arch=arm64", "the host wants 'arm64'"}, {"arch=", "the host wants ''"},
      {"system=", "the probe said nothing"},
  };
  for (const auto& row : rows) {
    auto facts = Facts::parse(kDebian);
    ASSERT_TRUE(facts.add(row.changed));
    const auto failure = check_platform(facts);
    ASSERT_TRUE(failure) << row.changed;
    EXPECT_EQ(failure->code, FailureCode::platform);
    EXPECT_NE(failure->text.find(row.said), std::string::npos) << failure->text;
  }
  EXPECT_TRUE(check_platform(Facts()));
}

}  // namespace
}  // namespace muster
