// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace muster {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Settings, every_key_is_read) {
  const auto settings = parse_settings(
      "state = \"/srv/muster\"\nagent_port = 2270\npoll_interval_seconds = 30\nretention_hours = 24\nforks = "
      "7\npackage = "
      "\"/a.deb\"\n",
      "f");
  ASSERT_TRUE(settings) << settings.error().what;
  EXPECT_EQ(settings->state, "/srv/muster");
  EXPECT_EQ(settings->agent_port, 2270);
  EXPECT_EQ(settings->poll_interval, std::chrono::seconds(30));
  EXPECT_EQ(settings->retention, std::chrono::hours(24));
  EXPECT_EQ(settings->forks, 7U);
  EXPECT_EQ(settings->package, "/a.deb");
}

TEST(Settings, an_empty_file_means_the_defaults) {
  const auto settings = parse_settings("# nothing\n", "f");
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->agent_port, 1270);
  EXPECT_EQ(settings->state, "/var/lib/muster");
  EXPECT_EQ(settings->retention, std::chrono::hours(168));
}

TEST(Settings, what_is_wrong_is_named_with_its_line) {
  struct Case {
    const char* text;
    const char* what;
  };
  constexpr Case kCases[] = {
      {"forks = 3\nfrks = 4\n", "f:2: unknown key \"frks\""},
      {"\n\nagent_port = 0\n", "f:3: agent_port wants a whole number from 1 to 65535"},
      {"agent_port = 70000\n", "f:1: agent_port wants"},
      {"agent_port = \"1270\"\n", "f:1: agent_port wants"},
      {"agent_port = 12.5\n", "f:1: agent_port wants"},
      {"poll_interval_seconds = 1\n", "f:1: poll_interval_seconds wants"},
      {"retention_hours = 0\n", "f:1: retention_hours wants a whole number from 1 to 8760"},
      {"retention_hours = 8761\n", "f:1: retention_hours wants"},
      {"state = \"relative\"\n", "f:1: state wants an absolute path"},
      {"package = 5\n", "f:1: package wants an absolute path"},
      {"state = \"/a\"\nstate = \"/b\"\n", "f:2: "},
      {"[poll]\ninterval = 3\n", "f:1: unknown key \"poll\""},
      {"state = \n", "f:1: "},
  };
  for (const auto& one : kCases) {
    const auto settings = parse_settings(one.text, "f");
    ASSERT_FALSE(settings) << one.text;
    EXPECT_EQ(settings.error().code, Errc::malformed);
    EXPECT_THAT(settings.error().what, StartsWith(one.what));
  }
}

TEST(Settings, a_misspelt_key_is_put_right_by_the_hint) {
  EXPECT_THAT(parse_settings("frks = 4\n", "f").error().hint, HasSubstr("\"forks\""));
  EXPECT_THAT(parse_settings("zzzzzzzz = 4\n", "f").error().hint, HasSubstr("known keys: state"));
}

TEST(Settings, only_the_usual_file_may_be_missing) {
  EXPECT_TRUE(load_settings("/nonexistent/muster.toml", Presence::optional));
  const auto missing = load_settings("/nonexistent/muster.toml", Presence::required);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::not_found);
}

}  // namespace
}  // namespace muster
