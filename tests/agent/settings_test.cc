// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/settings.h"

#include <gtest/gtest.h>

namespace muster::agent {
namespace {

Config changed() {
  Config config;
  config.log_level = log::Level::debug;
  config.basic = false;
  config.connections = 17;
  config.connections_per_source = 5;
  config.connections_reserved = 2;
  config.early_drop = {1, 2, 3};
  config.provider = std::chrono::seconds(9);
  config.penalties = false;
  config.penalties_exempt = {"192.0.2.1", "2001:db8::1"};
  return config;
}

TEST(Settings, OfTheFrontArriveAsTheyWereSent) {
  Config config;
  ASSERT_TRUE(take_settings(settings_frame(changed()), config).has_value());
  EXPECT_EQ(config.log_level, log::Level::debug);
  EXPECT_FALSE(config.basic);
  EXPECT_EQ(config.connections, 17U);
  EXPECT_EQ(config.connections_per_source, 5U);
  EXPECT_EQ(config.connections_reserved, 2U);
  EXPECT_EQ(config.early_drop.start, 1U);
  EXPECT_EQ(config.early_drop.percent, 2U);
  EXPECT_EQ(config.early_drop.full, 3U);
  EXPECT_EQ(config.provider, std::chrono::seconds(9));
  EXPECT_FALSE(config.penalties);
  EXPECT_EQ(config.penalties_exempt, changed().penalties_exempt);
}

TEST(Settings, AFrameThatIsNoneChangesNothing) {
  const auto good = settings_frame(changed());
  auto cut = good;
  cut.fields.resize(4);
  auto words = good;
  words.fields[2] = "many";
  auto negative = good;
  negative.fields[2] = "-1";
  auto other = good;
  other.tag = ipc::Tag::identity;
  for (const auto& frame : {cut, words, negative, other, ipc::Frame{ipc::Tag::settings, 0, {}}}) {
    Config config;
    EXPECT_EQ(take_settings(frame, config).error().code, Errc::malformed);
    EXPECT_EQ(settings_frame(config).fields, settings_frame(Config{}).fields);
  }
}

TEST(Settings, WhatOnlyARestartBringsIsNamedAndKept) {
  const Config running;
  Config fresh = changed();
  EXPECT_TRUE(keep_what_is_fixed(fresh, running).empty());
  fresh.listen = {"127.0.0.1"};
  fresh.port = 1;
  fresh.user = "nobody";
  fresh.tls_folder = "/t";
  fresh.run_folder = "/r";
  fresh.state_folder = "/s";
  fresh.memory_mb = 64;
  EXPECT_EQ(keep_what_is_fixed(fresh, running),
            (std::vector<std::string>{"listen", "port", "user", "tls_folder", "run_folder", "state_folder",
                                      "limits.memory_mb"}));
  EXPECT_EQ(fresh.listen, running.listen);
  EXPECT_EQ(fresh.port, running.port);
  EXPECT_EQ(fresh.memory_mb, running.memory_mb);
  EXPECT_EQ(fresh.connections, 17U) << "the rest stays as it was asked for";
}

}  // namespace
}  // namespace muster::agent
