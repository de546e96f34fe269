// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/config.h"

#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>

#include "agent/config_keys.h"
#include "core/base/fd.h"

namespace muster::agent {
namespace {

TEST(AgentConfig, OfAnEmptyFileIsTheDefaults) {
  const auto config = parse_config("", "agent.toml");
  ASSERT_TRUE(config.has_value());
  EXPECT_EQ(config->listen, std::vector<std::string>{"*"});
  EXPECT_EQ(config->port, 1270);
  EXPECT_EQ(config->user, "muster");
  EXPECT_TRUE(config->basic);
  EXPECT_FALSE(config->basic_allow_root);
}

TEST(AgentConfig, TakesEveryKey) {
  const auto config = parse_config(R"(
listen = ["127.0.0.1", "::1"]
port = 65535
user = "nobody"
tls_folder = "/srv/tls"
run_folder = "/srv/run"
log_level = "debug"
[basic]
enabled = false
allow_root = true
pam_service = "login"
[limits]
connections = 1
connections_per_source = 10000
connections_reserved = 0
unauthenticated = "1:100:10000"
penalties = false
memory_mb = 64
busy_seconds = 3600
provider_seconds = 60
penalties_exempt = ["192.0.2.1", "2001:db8::1"]
[certificates]
files = ["/etc/a.pem", "/etc/b.pem"]
)",
                                   "agent.toml");
  ASSERT_TRUE(config.has_value()) << config.error().what;
  EXPECT_EQ(config->listen, (std::vector<std::string>{"127.0.0.1", "::1"}));
  EXPECT_EQ(config->port, 65535);
  EXPECT_EQ(config->user, "nobody");
  EXPECT_EQ(config->tls_folder, "/srv/tls");
  EXPECT_EQ(config->run_folder, "/srv/run");
  EXPECT_EQ(config->log_level, log::Level::debug);
  EXPECT_FALSE(config->basic);
  EXPECT_TRUE(config->basic_allow_root);
  EXPECT_EQ(config->pam_service, "login");
  EXPECT_EQ(config->connections, 1U);
  EXPECT_EQ(config->connections_per_source, 10000U);
  EXPECT_EQ(config->connections_reserved, 0U);
  EXPECT_EQ(config->early_drop.start, 1U);
  EXPECT_EQ(config->early_drop.percent, 100U);
  EXPECT_EQ(config->early_drop.full, 10000U);
  EXPECT_FALSE(config->penalties);
  EXPECT_EQ(config->memory_mb, 64U);
  EXPECT_EQ(config->busy, std::chrono::seconds(3600));
  EXPECT_EQ(config->provider, std::chrono::seconds(60));
  EXPECT_EQ(penalty_rules(*config).sources, 0U);
  EXPECT_EQ(penalty_rules(*config).exempt.size(), 2U);
  EXPECT_EQ(config->certificate_files, (std::vector<std::string>{"/etc/a.pem", "/etc/b.pem"}));
}

TEST(AgentConfig, UnauthenticatedConnectionsMayGoUndropped) {
  const auto config = parse_config("[limits]\nunauthenticated = \"off\"", "agent.toml");
  ASSERT_TRUE(config.has_value());
  EXPECT_FALSE(config->early_drop.enabled());
}

struct Bad {
  const char* text;
  const char* where;  // the beginning of the complaint
  const char* names;  // what it must speak of
};

TEST(AgentConfig, NamesLineColumnAndKeyOfAnError) {
  const Bad table[] = {
      {"prot = 1270", "f:1:8: ", "prot: unknown key"},
      {"port = 0", "f:1:8: ", "port: must be"},
      {"port = 65536", "f:1:8: ", "port: must be"},
      {"port = -1", "f:1:8: ", "port: must be"},
      {"port = 1270.0", "f:1:8: ", "port: must be"},
      {"port = \"1270\"", "f:1:8: ", "port: must be"},
      {"port = 9223372036854775808", "f:1:", ""},
      {"user = \"\"", "f:1:8: ", "user: must be"},
      {"listen = \"*\"", "f:1:10: ", "listen: must be"},
      {"listen = []", "f:1:10: ", "listen: must be"},
      {"listen = [\"*\", 7]", "f:1:10: ", "listen: must be"},
      {"[[listen]]\nx = 1", "f:1:", "listen: must be"},
      {"log_level = \"loud\"", "f:1:13: ", "log_level: must be"},
      {"\n\n[basic]\nenabled = 1", "f:4:11: ", "basic.enabled: must be"},
      {"[basic]\nenable = true", "f:2:10: ", "basic.enable: unknown key"},
      {"basic = true", "f:1:9: ", "basic: "},
      {"[basic]\nport = 1", "f:2:8: ", "basic.port: unknown key"},
      {"enabled = true", "f:1:11: ", "enabled: unknown key"},
      {"[limits]\nconnections = 10001", "f:2:15: ", "limits.connections: must be"},
      {"[limits]\nconnections = 0", "f:2:15: ", "limits.connections: must be"},
      {"[limits]\nunauthenticated = 32", "f:2:19: ", "limits.unauthenticated: must be"},
      {"[limits]\nunauthenticated = \"\"", "f:2:19: ", "limits.unauthenticated: must be"},
      {"[limits]\nunauthenticated = \"32:30\"", "f:2:19: ", "limits.unauthenticated: must be"},
      {"[limits]\nunauthenticated = \"32:30:\"", "f:2:19: ", "limits.unauthenticated: must be"},
      {"[limits]\nunauthenticated = \"32:101:64\"", "f:2:19: ", "limits.unauthenticated: must be"},
      {"[limits]\nunauthenticated = \"0:30:64\"", "f:2:19: ", "limits.unauthenticated: must be"},
      {"[limits]\nunauthenticated = \"65:30:64\"", "f:2:19: ", "limits.unauthenticated: must be"},
      {"[limits]\nunauthenticated = \"32:30:64:1\"", "f:2:19: ", "limits.unauthenticated: must be"},
      {"[limits]\nunauthenticated = \"32:30:-1\"", "f:2:19: ", "limits.unauthenticated: must be"},
      {"[limits]\nprovider_seconds = 0", "f:2:20: ", "limits.provider_seconds: must be"},
      {"[limits]\nmemory_mb = 63", "f:2:13: ", "limits.memory_mb: must be"},
      {"[limits]\npenalties_exempt = [\"ms1.example\"]", "f:2:20: ", "limits.penalties_exempt: must be"},
      {"[limits.connections]\nx = 1", "f:1:", "limits.connections: must be"},
      {"[extra]", "f:1:1: ", "extra: unknown key"},
      {"port = 1\nport = 2", "f:2:", ""},
      {"port =", "f:1:", ""},
      {"port = 1270 # \xff", "f:1:", ""},
  };
  for (const auto& row : table) {
    const auto config = parse_config(row.text, "f");
    ASSERT_FALSE(config.has_value()) << row.text;
    EXPECT_EQ(config.error().code, Errc::malformed) << row.text;
    EXPECT_TRUE(config.error().what.starts_with(row.where)) << row.text << " -> " << config.error().what;
    EXPECT_NE(config.error().what.find(row.names), std::string::npos) << config.error().what;
    EXPECT_FALSE(config.error().hint.empty());
  }
}

// The file shows every key as a comment with its default: taken at its word, it must change nothing.
TEST(AgentConfig, TheExampleThatIsShippedShowsTheDefaults) {
  const std::string path = MUSTER_SOURCE_DIR "/agent/package/agent.toml";
  const auto text = read_file(path, 1 << 16);
  ASSERT_TRUE(text.has_value());
  std::string active;
  std::size_t keys = 0;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    const bool key = line.starts_with('#') && line.find(" = ") != std::string::npos;
    keys += key ? 1 : 0;
    active += (key ? line.substr(1) : line) + "\n";
  }
  EXPECT_GE(keys, 8U);
  for (const auto& content : {*text, active}) {
    const auto config = parse_config(content, path);
    ASSERT_TRUE(config.has_value()) << config.error().what;
    const Config defaults;
    EXPECT_EQ(config->listen, defaults.listen);
    EXPECT_EQ(config->port, defaults.port);
    EXPECT_EQ(config->user, defaults.user);
    EXPECT_EQ(config->tls_folder, defaults.tls_folder);
    EXPECT_EQ(config->run_folder, defaults.run_folder);
    EXPECT_EQ(config->state_folder, defaults.state_folder);
    EXPECT_EQ(config->pam_service, defaults.pam_service);
    EXPECT_EQ(config->log_level, defaults.log_level);
    EXPECT_EQ(config->basic, defaults.basic);
    EXPECT_EQ(config->basic_allow_root, defaults.basic_allow_root);
    EXPECT_EQ(config->connections, defaults.connections);
    EXPECT_EQ(config->connections_per_source, defaults.connections_per_source);
    EXPECT_EQ(config->connections_reserved, defaults.connections_reserved);
    EXPECT_EQ(config->early_drop.start, defaults.early_drop.start);
    EXPECT_EQ(config->early_drop.percent, defaults.early_drop.percent);
    EXPECT_EQ(config->early_drop.full, defaults.early_drop.full);
    EXPECT_EQ(config->penalties, defaults.penalties);
    EXPECT_EQ(config->memory_mb, defaults.memory_mb);
    EXPECT_EQ(config->busy, defaults.busy);
    EXPECT_EQ(config->provider, defaults.provider);
  }
}

TEST(AgentConfig, TheExampleThatIsShippedShowsEveryKey) {
  const auto text = read_file(MUSTER_SOURCE_DIR "/agent/package/agent.toml", 1 << 16);
  ASSERT_TRUE(text.has_value());
  std::vector<std::string> shown;
  std::string table;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('[')) table = line.substr(1, line.find(']') - 1) + ".";
    const auto equals = line.find(" = ");
    const bool key = line.starts_with('#') && equals != std::string::npos;
    if (key) shown.push_back(table + line.substr(1, equals - 1));
  }
  std::sort(shown.begin(), shown.end());
  EXPECT_EQ(shown, config_keys());
}

TEST(AgentConfig, EventsGoNowhereButWhereItSays) {
  EXPECT_TRUE(Config{}.event_destinations.empty());
  const auto config = parse_config("[events]\ndestinations = [\"sink:5723\", \"[::1]:443\"]", "f");
  ASSERT_TRUE(config.has_value()) << config.error().what;
  EXPECT_EQ(config->event_destinations, (std::vector<std::string>{"sink:5723", "[::1]:443"}));
  for (const char* const entry : {"\"\"", "\"https://sink/\"", "\"sink:0\"", "\"sink:1/path\"", "\"a b:1\"",
                                  "\"user@sink:1\"", "1", "\"*:1\""}) {
    EXPECT_FALSE(parse_config("[events]\ndestinations = [" + std::string(entry) + "]", "f")) << entry;
  }
}

TEST(AgentConfig, MissingFileThatWasAskedForIsAnError) {
  const auto config = load_config("/nonexistent/agent.toml");
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error().code, Errc::not_found);
}

TEST(AgentConfig, TakesGrants) {
  const auto config = parse_config(R"(
state_folder = "/srv/state"
[[grant]]
role = "admin"
users = ["alice"]
groups = ["wheel", "ops"]
[[grant]]
role = "operator"
certificates = ["CN=ms1"]
run_as = "logs"
[[grant]]
role = "admin"
certificates = ["CN=ms2"]
run_as = "root"
allow_root = true
)",
                                   "agent.toml");
  ASSERT_TRUE(config.has_value()) << config.error().what;
  EXPECT_EQ(config->state_folder, "/srv/state");
  ASSERT_EQ(config->grants.size(), 3U);
  EXPECT_EQ(config->grants[0].role, Role::administer);
  EXPECT_EQ(config->grants[0].groups, (std::vector<std::string>{"wheel", "ops"}));
  EXPECT_FALSE(config->grants[0].allow_root);
  EXPECT_EQ(config->grants[1].role, Role::operate);
  EXPECT_EQ(config->grants[1].run_as, "logs");
  EXPECT_TRUE(config->grants[2].allow_root);
}

TEST(AgentConfig, RefusesAGrantThatIsHalfSaid) {
  const Bad table[] = {
      {"[[grant]]\nusers = [\"a\"]", "f:1:", "grant.role: is missing"},
      {"[[grant]]\nrole = \"root\"", "f:2:8: ", "grant.role: must be operator or admin"},
      {"[[grant]]\nrole = \"admin\"", "f:1:", "names nobody"},
      {"[[grant]]\nrole = \"admin\"\nusers = []", "f:1:", "names nobody"},
      {"[[grant]]\nrole = \"admin\"\nusers = \"a\"", "f:3:9: ", "grant.users: must be"},
      {"[[grant]]\nrole = \"admin\"\nusers = [\"\"]", "f:3:9: ", "grant.users: must be"},
      {"[[grant]]\nrole = \"admin\"\nuser = [\"a\"]", "f:3:8: ", "grant.user: unknown key"},
      {"[[grant]]\nrole = \"admin\"\ncertificates = [\"CN=a\"]", "f:1:", "grant.run_as: is missing"},
      {"[[grant]]\nrole = \"admin\"\nusers = [\"a\"]\nrun_as = \"b\"", "f:1:", "users act as themselves"},
      {"[[grant]]\nrole = \"admin\"\ncertificates = [\"CN=a\"]\nrun_as = \"root\"",
       "f:1:", "root needs allow_root"},
      {"[[grant]]\nrole = \"admin\"\nusers = [\"a\"]\nallow_root = 1",
       "f:4:14: ", "grant.allow_root: must be"},
      {"[grant]\nrole = \"admin\"\nusers = [\"a\"]", "f:1:", "grant: must be at most 64 tables"},
      {"grant = true", "f:1:9: ", "grant: must be at most 64 tables"},
  };
  for (const auto& row : table) {
    const auto config = parse_config(row.text, "f");
    ASSERT_FALSE(config.has_value()) << row.text;
    EXPECT_TRUE(config.error().what.starts_with(row.where)) << row.text << " -> " << config.error().what;
    EXPECT_NE(config.error().what.find(row.names), std::string::npos) << config.error().what;
  }
}

}  // namespace
}  // namespace muster::agent
