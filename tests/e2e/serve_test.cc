// SPDX-License-Identifier: GPL-2.0-or-later
// Scheduled polling of real agents: samples arrive, a dead host is known within 30 seconds and disturbs nobody, the
// end is clean.
#include <algorithm>
#include <csignal>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sqlite3.h>

#include "tests/e2e/lab.h"

namespace muster::e2e {
namespace {

using Json = nlohmann::json;

// The server's, which writes meanwhile; read only.
class Database {
 public:
  explicit Database(const std::string& file) {
    EXPECT_EQ(::sqlite3_open_v2(file.c_str(), &connection_, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK)
        << file;
    ::sqlite3_busy_timeout(connection_, 10'000);
  }
  ~Database() { ::sqlite3_close(connection_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  Database(Database&&) = delete;
  Database& operator=(Database&&) = delete;

  // Rows of a text and a number.
  void each(const char* query, const std::function<void(const std::string&, int)>& take) const {
    sqlite3_stmt* rows = nullptr;
    ASSERT_EQ(::sqlite3_prepare_v2(connection_, query, -1, &rows, nullptr), SQLITE_OK)
        << ::sqlite3_errmsg(connection_);
    while (::sqlite3_step(rows) == SQLITE_ROW) {
      take(reinterpret_cast<const char*>(::sqlite3_column_text(rows, 0)), ::sqlite3_column_int(rows, 1));
    }
    ::sqlite3_finalize(rows);
  }

 private:
  sqlite3* connection_ = nullptr;
};

class ServeTest : public LabTest {
 protected:
  static void SetUpTestSuite() {
    start({"3"});
    if (lab().up()) run(lab().provision());
  }
  void SetUp() override {
    LabTest::SetUp();
    if (HasFatalFailure()) return;
    serve_ = std::make_unique<Background>(lab().muster({"serve", "--interval", "5"}),
                                          lab().scratch() + "/serve.log");
    // Provisioning has left them "up": only an answer of now says that they are polled.
    const auto before = seen_of_all();
    ASSERT_TRUE(eventually([&] { return all_seen_since(before); })) << serve_->log();
    for (const auto& name : kHosts) EXPECT_EQ(health(name), "up") << name;
  }

  static Json host(const std::string& name) {
    const auto all = Json::parse(run(lab().muster({"--json", "hosts"})).out, nullptr, false);
    if (all.is_discarded()) return {};
    for (const auto& one : all.value("hosts", Json::array())) {
      if (one.value("host", "") == name) return one;
    }
    return {};
  }
  static std::string health(const std::string& name) {
    const auto one = host(name);
    if (!one.is_object() || !one.contains("health")) return "";
    const auto& value = one.at("health");
    return value.is_string() ? value.get<std::string>() : value.value("state", "");
  }

  static std::string last_seen(const std::string& name) {
    const auto one = host(name);
    const bool known = one.is_object() && one.contains("last_seen") && one.at("last_seen").is_string();
    return known ? one.at("last_seen").get<std::string>() : "";
  }
  static std::map<std::string, std::string> seen_of_all() {
    std::map<std::string, std::string> seen;
    for (const auto& name : kHosts) seen[name] = last_seen(name);
    return seen;
  }
  static bool all_seen_since(const std::map<std::string, std::string>& before) {
    return std::all_of(before.begin(), before.end(),
                       [](const auto& known) { return last_seen(known.first) > known.second; });
  }
  // Of each host, the polls that the database holds of one figure.
  static std::map<std::string, int> polls_on_record() {
    const Database database(lab().state() + "/muster.db");
    std::map<std::string, int> polls;
    database.each(
        "SELECT hosts.name, count(*) FROM samples JOIN series ON series.id = samples.series "
        "JOIN hosts ON hosts.id = series.host "
        "WHERE series.class = 'SCX_OperatingSystem' AND series.property = 'NumberOfProcesses' "
        "GROUP BY hosts.name",
        [&](const std::string& name, int count) { polls[name] = count; });
    return polls;
  }

  static inline const std::vector<std::string> kHosts{"h1", "h2", "h3"};
  std::unique_ptr<Background> serve_;
};

TEST_F(ServeTest, SamplesOfEachHostArriveAtEachInterval) {
  const auto before = polls_on_record();
  const auto more = [&](int by) {
    const auto now = polls_on_record();
    return std::all_of(kHosts.begin(), kHosts.end(), [&](const auto& name) {
      const auto count = [&](const auto& polls) { return polls.contains(name) ? polls.at(name) : 0; };
      return count(now) >= count(before) + by;
    });
  };
  EXPECT_TRUE(eventually([&] { return more(2); })) << serve_->log();
}

TEST_F(ServeTest, AStoppedAgentIsDownWithinThirtySecondsAndTheOthersStayUp) {
  ASSERT_EQ(lab().on("h1", "systemctl stop muster-agent").status, 0);
  EXPECT_TRUE(eventually([] { return health("h1") == "down"; }, std::chrono::seconds(30))) << serve_->log();
  EXPECT_EQ(health("h2"), "up");
  EXPECT_EQ(health("h3"), "up");
  ASSERT_EQ(lab().on("h1", "systemctl start muster-agent").status, 0);
  EXPECT_TRUE(eventually([] { return health("h1") == "up"; })) << serve_->log();
}

TEST_F(ServeTest, AHostThatFallsSilentIsDownWithinThirtySeconds) {
  ASSERT_EQ(lab().on("h2", "systemctl kill -s STOP muster-agent").status, 0);
  EXPECT_TRUE(eventually([] { return health("h2") == "down"; }, std::chrono::seconds(30))) << serve_->log();
  EXPECT_EQ(health("h1"), "up");
  EXPECT_EQ(health("h3"), "up");
  ASSERT_EQ(lab().on("h2", "systemctl kill -s CONT muster-agent").status, 0);
  EXPECT_TRUE(eventually([] { return health("h2") == "up"; })) << serve_->log();
}

// Nothing comes back at all: no reset, no answer. As a firewall, a dead switch or a dead kernel does it.
TEST_F(ServeTest, AtTheDefaultIntervalAHostWhosePacketsVanishIsDownWithinThirtySeconds) {
  serve_->signal(SIGTERM);
  ASSERT_EQ(serve_->wait(std::chrono::seconds(3)), 0);
  const auto before = seen_of_all();
  serve_ = std::make_unique<Background>(lab().muster({"serve"}), lab().scratch() + "/serve3.log");
  ASSERT_TRUE(eventually([&] { return all_seen_since(before); }, std::chrono::seconds(90))) << serve_->log();
  const Words route{"ip", "-n", "muster-lab-h3", "route", "add", "blackhole", "10.213.0.1/32"};
  ASSERT_EQ(run(route).status, 0);
  EXPECT_TRUE(eventually([] { return health("h3") == "down"; }, std::chrono::seconds(30))) << serve_->log();
  EXPECT_EQ(health("h1"), "up");
  EXPECT_EQ(health("h2"), "up");
  auto undo = route;
  undo[4] = "del";
  ASSERT_EQ(run(undo).status, 0);
  EXPECT_TRUE(eventually([] { return health("h3") == "up"; }, std::chrono::seconds(90))) << serve_->log();
}

TEST_F(ServeTest, TheEndIsCleanAndQuick) {
  serve_->signal(SIGTERM);
  EXPECT_EQ(serve_->wait(std::chrono::seconds(3)), 0) << serve_->log();
}

TEST_F(ServeTest, AKilledServerStartsAgain) {
  serve_->signal(SIGKILL);
  serve_->wait(std::chrono::seconds(3));
  serve_ = std::make_unique<Background>(lab().muster({"serve", "--interval", "5"}),
                                        lab().scratch() + "/serve2.log");
  ASSERT_EQ(lab().on("h3", "systemctl stop muster-agent").status, 0);
  EXPECT_TRUE(eventually([] { return health("h3") == "down"; }, std::chrono::seconds(30))) << serve_->log();
  ASSERT_EQ(lab().on("h3", "systemctl start muster-agent").status, 0);
}

}  // namespace
}  // namespace muster::e2e
