// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/store/store.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace muster {
namespace {

using std::chrono::milliseconds;

WallTime at(std::int64_t milliseconds_since_epoch) {
  return WallTime(milliseconds(milliseconds_since_epoch));
}

HostRecord host_named(const std::string& name) {
  HostRecord host;
  host.name = name;
  host.address = "192.0.2.7";
  host.agent_port = 11270;
  host.ssh_port = 2222;
  host.ssh_user = "deploy";
  host.certificate_name = name + ".example";
  host.certificate_sha256 = "ab12";
  host.certificate_serial = "7f";
  host.certificate_not_after = at(1'800'000'000'000);
  host.host_key = "SHA256:abc";
  host.agent_version = "0.1.0";
  host.platform = "Debian GNU/Linux 12 x86_64";
  host.groups = "db,web";
  host.provisioned_at = at(1'700'000'000'123);
  return host;
}

Sample sample_of(const std::string& host, std::int64_t time, double value) {
  return {host, at(time), "SCX_MemoryStatisticalInformation", "Memory", "PercentUsedMemory", value};
}

class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "muster-store-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Store make() {
    auto store = Store::create(folder_);
    EXPECT_TRUE(store.has_value()) << store.error().what;
    return std::move(*store);
  }
  std::string file() const { return folder_ + "/muster.db"; }
  void execute(const std::string& sql) const {
    sqlite3* raw = nullptr;
    ASSERT_EQ(::sqlite3_open(file().c_str(), &raw), SQLITE_OK);
    EXPECT_EQ(::sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << ::sqlite3_errmsg(raw);
    ::sqlite3_close(raw);
  }

  std::string folder_;
};

TEST_F(StoreTest, opening_a_folder_without_database_says_how_to_make_one) {
  const auto store = Store::open(folder_ + "/none");
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, Errc::not_found);
  EXPECT_THAT(store.error().hint, ::testing::HasSubstr("muster init"));
}

TEST_F(StoreTest, every_field_of_a_host_survives_reopening) {
  const auto written = host_named("web1");
  ASSERT_TRUE(make().put_host(written));
  auto reopened = Store::open(folder_);
  ASSERT_TRUE(reopened.has_value());
  const auto read = reopened->host("web1");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->address, written.address);
  EXPECT_EQ(read->agent_port, written.agent_port);
  EXPECT_EQ(read->ssh_port, written.ssh_port);
  EXPECT_EQ(read->ssh_user, written.ssh_user);
  EXPECT_EQ(read->certificate_name, written.certificate_name);
  EXPECT_EQ(read->certificate_sha256, written.certificate_sha256);
  EXPECT_EQ(read->certificate_serial, written.certificate_serial);
  EXPECT_EQ(read->certificate_not_after, written.certificate_not_after);
  EXPECT_EQ(read->host_key, written.host_key);
  EXPECT_EQ(read->agent_version, written.agent_version);
  EXPECT_EQ(read->platform, written.platform);
  EXPECT_EQ(read->groups, written.groups);
  EXPECT_EQ(read->provisioned_at, written.provisioned_at);
}

TEST_F(StoreTest, putting_a_host_again_replaces_it_and_keeps_its_health_and_samples) {
  auto store = make();
  auto host = host_named("web1");
  ASSERT_TRUE(store.put_host(host));
  ASSERT_TRUE(store.put_poll({sample_of("web1", 1000, 5)}, {{"web1", Health::up, at(1000), at(1000), ""}}));
  host.address = "192.0.2.8";
  ASSERT_TRUE(store.put_host(host));
  EXPECT_EQ(store.hosts()->size(), 1U);
  EXPECT_EQ(store.host("web1")->address, "192.0.2.8");
  EXPECT_EQ(store.health()->size(), 1U);
  EXPECT_EQ(store.latest_samples("web1")->size(), 1U);
}

TEST_F(StoreTest, hosts_are_listed_by_name) {
  auto store = make();
  for (const auto* name : {"web2", "db1", "web10"}) ASSERT_TRUE(store.put_host(host_named(name)));
  std::vector<std::string> names;
  const auto hosts = store.hosts();
  for (const auto& host : *hosts) names.push_back(host.name);
  EXPECT_THAT(names, ::testing::ElementsAre("db1", "web10", "web2"));
}

TEST_F(StoreTest, an_unknown_host_is_not_found) {
  auto store = make();
  EXPECT_EQ(store.host("ghost").error().code, Errc::not_found);
  EXPECT_EQ(store.remove_host("ghost").error().code, Errc::not_found);
}

TEST_F(StoreTest, removing_a_host_removes_its_values_and_health_alone) {
  auto store = make();
  ASSERT_TRUE(store.put_host(host_named("web1")));
  ASSERT_TRUE(store.put_host(host_named("web2")));
  ASSERT_TRUE(
      store.put_poll({sample_of("web1", 1, 1), sample_of("web2", 1, 2)},
                     {{"web1", Health::up, at(1), at(1), ""}, {"web2", Health::up, at(1), at(1), ""}}));
  ASSERT_TRUE(store.remove_host("web1"));
  EXPECT_TRUE(store.latest_samples("web1")->empty());
  EXPECT_EQ(store.health()->size(), 1U);
  EXPECT_EQ(store.latest_samples("web2")->size(), 1U);
  ASSERT_TRUE(store.prune({at(100), {}}));
  EXPECT_EQ(*store.sample_count(), 0U) << "its old samples go with their age";
}

TEST_F(StoreTest, samples_of_a_host_that_another_process_removed_are_left_out) {
  auto store = make();
  ASSERT_TRUE(store.put_host(host_named("web1")));
  ASSERT_TRUE(store.put_poll({sample_of("web1", 1, 1)}, {}));
  ASSERT_TRUE(Store::open(folder_)->remove_host("web1"));
  ASSERT_TRUE(store.put_poll({sample_of("web1", 2, 1)}, {{"web1", Health::up, at(2), at(2), ""}}));
  EXPECT_EQ(*store.sample_count(), 1U) << "the one from before";
  EXPECT_TRUE(store.health()->empty());
}

TEST_F(StoreTest, samples_of_a_host_registered_again_belong_to_the_new_one) {
  auto store = make();
  ASSERT_TRUE(store.put_host(host_named("web1")));
  ASSERT_TRUE(store.put_poll({sample_of("web1", 1, 1)}, {}));
  {
    auto other = Store::open(folder_);
    ASSERT_TRUE(other->remove_host("web1"));
    ASSERT_TRUE(other->put_host(host_named("web1")));
  }
  ASSERT_TRUE(store.put_poll({sample_of("web1", 2, 7)}, {}));
  const auto latest = store.latest_samples("web1");
  ASSERT_EQ(latest->size(), 1U);
  EXPECT_EQ(latest->front().value, 7);
}

TEST_F(StoreTest, latest_samples_are_the_newest_of_each_series) {
  auto store = make();
  ASSERT_TRUE(store.put_host(host_named("web1")));
  auto other = sample_of("web1", 1000, 50);
  other.instance = "/home";
  other.class_name = "SCX_FileSystemStatisticalInformation";
  other.property = "PercentUsedSpace";
  ASSERT_TRUE(store.put_poll({sample_of("web1", 1000, 5), other}, {}));
  ASSERT_TRUE(store.put_poll({sample_of("web1", 2000, 6)}, {}));
  const auto latest = store.latest_samples("web1");
  ASSERT_EQ(latest->size(), 2U);
  EXPECT_EQ((*latest)[0].instance, "/home");
  EXPECT_EQ((*latest)[1].value, 6);
  EXPECT_EQ((*latest)[1].at, at(2000));
  EXPECT_EQ(*store.sample_count(), 3U);
}

TEST_F(StoreTest, health_is_replaced_not_added) {
  auto store = make();
  ASSERT_TRUE(store.put_host(host_named("web1")));
  ASSERT_TRUE(store.put_poll({}, {{"web1", Health::up, at(1), at(1), ""}}));
  ASSERT_TRUE(store.put_poll({}, {{"web1", Health::down, at(9), at(5), "connection refused"}}));
  const auto health = store.health();
  ASSERT_EQ(health->size(), 1U);
  EXPECT_EQ(health->front().health, Health::down);
  EXPECT_EQ(health->front().since, at(9));
  EXPECT_EQ(health->front().last_seen, at(5));
  EXPECT_EQ(health->front().reason, "connection refused");
  EXPECT_FALSE(health->front().partly);
  ASSERT_TRUE(store.put_poll({}, {{"web1", Health::up, at(10), at(10), "SCX_FileSystem: too late", true}}));
  EXPECT_TRUE(store.health()->front().partly);
}

TEST_F(StoreTest, health_can_be_had_of_one_host) {
  auto store = make();
  for (const auto* name : {"web1", "web2", "web3"}) ASSERT_TRUE(store.put_host(host_named(name)));
  ASSERT_TRUE(store.put_poll(
      {}, {{"web1", Health::up, at(1), at(2), ""}, {"web2", Health::down, at(3), at(1), "refused"}}));
  const auto found = store.health_of("web2");
  ASSERT_TRUE(found);
  const auto web2 = found->value_or(HostHealth{});
  EXPECT_EQ(web2.host, "web2");
  EXPECT_EQ(web2.health, Health::down);
  EXPECT_EQ(web2.since, at(3));
  EXPECT_EQ(web2.reason, "refused");
  for (const auto* name : {"web3", "ghost"}) {
    const auto none = store.health_of(name);
    ASSERT_TRUE(none) << name;
    EXPECT_FALSE(none->has_value()) << name;
  }
}

TEST_F(StoreTest, pruning_removes_what_is_older) {
  auto store = make();
  ASSERT_TRUE(store.put_host(host_named("web1")));
  for (int time = 0; time < 10; ++time) ASSERT_TRUE(store.put_poll({sample_of("web1", time, time)}, {}));
  ASSERT_TRUE(store.prune({at(4), {}}));
  EXPECT_EQ(*store.sample_count(), 6U);
  ASSERT_TRUE(store.prune({at(100), {}}));
  EXPECT_TRUE(store.latest_samples("web1")->empty());
  ASSERT_TRUE(store.put_poll({sample_of("web1", 200, 1)}, {}));  // the series is made anew
  EXPECT_EQ(store.latest_samples("web1")->size(), 1U);
}

TEST_F(StoreTest, old_samples_are_deleted_in_slices) {
  auto store = make();
  ASSERT_TRUE(store.put_host(host_named("web1")));
  std::vector<Sample> samples;
  samples.reserve(Store::kPruneSlice * 2 + 5);
  for (int time = 0; time < Store::kPruneSlice * 2 + 5; ++time) {
    samples.push_back(sample_of("web1", time, time));
  }
  ASSERT_TRUE(store.put_poll(samples, {}));
  const auto end = samples.back().at;
  EXPECT_TRUE(*store.prune({end, {}}));
  EXPECT_EQ(*store.sample_count(), Store::kPruneSlice + 5U);
  EXPECT_TRUE(*store.prune({end, {}}));
  EXPECT_FALSE(*store.prune({end, {}}));
  EXPECT_EQ(*store.sample_count(), 1U);
}

TEST_F(StoreTest, old_runs_are_deleted_with_their_steps_and_the_newest_stays) {
  auto store = make();
  for (int time = 1; time <= 3; ++time) {
    const auto run = store.begin_run({0, "provision", "", "root", at(time), {}, -1});
    ASSERT_TRUE(run);
    ASSERT_TRUE(store.put_step({*run, "web1", "probe", "ok", "", "", "", {}}));
  }
  EXPECT_FALSE(*store.prune({{}, at(2)}));
  ASSERT_EQ(store.runs(10)->size(), 2U);
  EXPECT_TRUE(store.steps(1)->empty());
  EXPECT_EQ(store.steps(2)->size(), 1U);
  EXPECT_FALSE(*store.prune({{}, at(100)}));
  ASSERT_EQ(store.runs(10)->size(), 1U);
  EXPECT_EQ(store.runs(10)->front().id, 3);
  EXPECT_EQ(store.steps(3)->size(), 1U);
}

TEST_F(StoreTest, old_steps_are_deleted_in_slices) {
  auto store = make();
  const auto run = store.begin_run({0, "provision", "", "root", at(1), {}, -1});
  ASSERT_TRUE(run && store.begin_run({0, "restart", "", "root", at(2), {}, -1}));
  const StepRecord step{*run, "web1", "probe", "ok", "", "", "", {}};
  ASSERT_TRUE(store.put_steps(std::vector<StepRecord>(Store::kPruneSlice + 5, step)));
  EXPECT_TRUE(*store.prune({{}, at(100)}));
  EXPECT_EQ(store.steps(*run)->size(), 5U);
  EXPECT_EQ(store.runs(10)->size(), 2U);
  EXPECT_FALSE(*store.prune({{}, at(100)}));
  EXPECT_EQ(store.runs(10)->size(), 1U);
}

TEST_F(StoreTest, the_folder_may_be_behind_a_link_and_the_database_may_not) {
  ASSERT_TRUE(make().put_host(host_named("web1")));
  const auto link = folder_ + ".link";
  std::filesystem::create_directory_symlink(folder_, link);
  auto opened = Store::open(link);
  std::filesystem::remove(link);
  ASSERT_TRUE(opened) << opened.error().what;
  EXPECT_EQ(opened->hosts()->size(), 1U);
  std::filesystem::rename(folder_ + "/muster.db", folder_ + "/real.db");
  std::filesystem::create_symlink("real.db", folder_ + "/muster.db");
  const auto refused = Store::open(folder_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::denied);
}

TEST_F(StoreTest, a_run_keeps_its_steps_in_order) {
  auto store = make();
  const auto run = store.begin_run({0, "provision", "/etc/hosts.ini", "root", at(1000), {}, -1});
  ASSERT_TRUE(run.has_value());
  ASSERT_TRUE(store.put_step({*run, "web1", "probe", "ok", "", "Debian 12", "", milliseconds(12)}));
  ASSERT_TRUE(store.put_step({*run, "web1", "upload", "failed", "E-SPACE", "/tmp is full", "free some", {}}));
  EXPECT_EQ(store.runs(10)->front().ended, WallTime{});
  auto late = StepRecord{*run, "web1", "verify", "ok", "", "", "", milliseconds(5)};
  late.began = at(1500);
  ASSERT_TRUE(store.put_step(late));
  ASSERT_TRUE(store.end_run(*run, at(2000), 3, "SIGINT"));
  const auto ended = store.runs(10)->front();
  EXPECT_EQ(ended.exit_status, 3);
  EXPECT_EQ(ended.ended, at(2000));
  EXPECT_EQ(ended.stopped, "SIGINT");
  const auto steps = store.steps(*run);
  ASSERT_EQ(steps->size(), 3U);
  EXPECT_EQ((*steps)[0].began, WallTime{});
  EXPECT_EQ((*steps)[2].began, at(1500));
  EXPECT_EQ((*steps)[0].took, milliseconds(12));
  EXPECT_EQ((*steps)[1].code, "E-SPACE");
  EXPECT_EQ((*steps)[1].hint, "free some");
}

TEST_F(StoreTest, steps_are_put_together_or_not_at_all) {
  auto store = make();
  const auto run = store.begin_run({0, "provision", "", "root", at(1000), {}, -1});
  ASSERT_TRUE(run.has_value());
  const StepRecord first{*run, "web1", "connect", "failed", "E-INTERRUPTED", "not started", "", {}};
  const StepRecord second{*run, "web2", "connect", "failed", "E-INTERRUPTED", "not started", "", {}};
  EXPECT_FALSE(store.put_steps({first, {*run + 1, "web3", "connect", "ok", "", "", "", {}}}));
  EXPECT_TRUE(store.steps(*run)->empty());
  ASSERT_TRUE(store.put_steps({first, second}));
  ASSERT_EQ(store.steps(*run)->size(), 2U);
  EXPECT_EQ(store.steps(*run)->at(1).host, "web2");
  EXPECT_TRUE(store.put_steps({}));
}

TEST_F(StoreTest, runs_are_listed_newest_first_and_limited) {
  auto store = make();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(store.begin_run({0, "poll", "", "root", at(i), {}, -1}));
  const auto runs = store.runs(2);
  ASSERT_EQ(runs->size(), 2U);
  EXPECT_EQ((*runs)[0].id, 5);
  EXPECT_EQ((*runs)[1].id, 4);
}

TEST_F(StoreTest, a_step_of_an_unknown_run_is_refused) {
  EXPECT_FALSE(make().put_step({99, "web1", "probe", "ok", "", "", "", {}}));
}

TEST_F(StoreTest, only_the_owner_may_read_the_files) {
  auto store = make();
  ASSERT_TRUE(store.put_host(host_named("web1")));
  for (const auto* suffix : {"", "-wal", "-shm"}) {
    struct stat found {};
    ASSERT_EQ(::stat((file() + suffix).c_str(), &found), 0) << suffix;
    EXPECT_EQ(found.st_mode & 0777U, 0600U) << suffix;
  }
}

TEST_F(StoreTest, a_database_of_the_first_version_keeps_its_runs) {
  { const auto store = make(); }
  for (const auto* table : {"runs", "steps", "health"}) execute(std::string("DROP TABLE ") + table);
  execute(
      "CREATE TABLE runs (id INTEGER PRIMARY KEY AUTOINCREMENT, command TEXT, inventory TEXT, started_by "
      "TEXT, "
      "started INTEGER, ended INTEGER, exit_status INTEGER);"
      "CREATE TABLE steps (id INTEGER PRIMARY KEY, run INTEGER, host TEXT, step TEXT, state TEXT, code TEXT, "
      "text TEXT, hint TEXT, took INTEGER);"
      "CREATE TABLE health (host INTEGER PRIMARY KEY, state INTEGER, since INTEGER, last_seen INTEGER, "
      "reason TEXT);"
      "INSERT INTO runs VALUES (1, 'provision', '', '', 1, 2, 1);"
      "INSERT INTO steps VALUES (1, 1, 'web1', 'probe', 'ok', '', '', '', 3);"
      "PRAGMA user_version = 1");
  auto store = Store::open(folder_);
  ASSERT_TRUE(store) << store.error().what;
  EXPECT_EQ(store->runs(1)->at(0).stopped, "");
  EXPECT_EQ(store->steps(1)->at(0).began, WallTime{});
}

TEST_F(StoreTest, a_newer_schema_is_refused_and_left_alone) {
  { const auto store = make(); }
  execute("PRAGMA user_version = 4711");
  const auto store = Store::open(folder_);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, Errc::malformed);
  EXPECT_THAT(store.error().what, ::testing::HasSubstr("4711"));
}

TEST_F(StoreTest, a_file_that_is_no_database_is_malformed) {
  std::filesystem::create_directories(folder_);
  std::FILE* out = std::fopen(file().c_str(), "w");
  ASSERT_NE(out, nullptr);
  for (int i = 0; i < 1000; ++i) std::fputs("this is not a database\n", out);
  std::fclose(out);
  const auto store = Store::open(folder_);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, Errc::malformed) << store.error().what;
}

TEST_F(StoreTest, the_journal_is_a_write_ahead_log) {
  { const auto store = make(); }
  sqlite3* raw = nullptr;
  ASSERT_EQ(::sqlite3_open(file().c_str(), &raw), SQLITE_OK);
  sqlite3_stmt* mode = nullptr;
  ASSERT_EQ(::sqlite3_prepare_v2(raw, "PRAGMA journal_mode", -1, &mode, nullptr), SQLITE_OK);
  ASSERT_EQ(::sqlite3_step(mode), SQLITE_ROW);
  EXPECT_STREQ(reinterpret_cast<const char*>(::sqlite3_column_text(mode, 0)), "wal");
  ::sqlite3_finalize(mode);
  ::sqlite3_close(raw);
}

TEST_F(StoreTest, two_stores_write_at_once_without_losing_anything) {
  ASSERT_TRUE(make().put_host(host_named("web1")));
  const auto write = [this](int first) {
    auto store = Store::open(folder_);
    ASSERT_TRUE(store.has_value());
    for (int i = 0; i < 100; ++i) {
      const auto done = store->put_poll({sample_of("web1", first + 2 * i, i)}, {});
      ASSERT_TRUE(done) << done.error().what;
    }
  };
  {
    const std::jthread even(write, 0);
    const std::jthread odd(write, 1);
  }
  EXPECT_EQ(*Store::open(folder_)->sample_count(), 200U);
}

TEST_F(StoreTest, changes_by_others_are_noticed_and_own_ones_are_not) {
  auto store = make();
  const auto before = store.foreign_changes();
  ASSERT_TRUE(store.put_host(host_named("web1")));
  EXPECT_EQ(*store.foreign_changes(), *before);
  ASSERT_TRUE(Store::open(folder_)->put_host(host_named("web2")));
  EXPECT_NE(*store.foreign_changes(), *before);
}

// The child reports each batch that put_poll acknowledged and is killed at some point of the next ones.
TEST_F(StoreTest, killed_in_the_middle_of_writing_keeps_what_was_acknowledged_and_nothing_by_halves) {
  constexpr int kBatch = 200;
  ASSERT_TRUE(make().put_host(host_named("web1")));
  int acknowledged[2];
  ASSERT_EQ(::pipe(acknowledged), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto store = Store::open(folder_);
    for (int batch = 0; store; ++batch) {
      std::vector<Sample> samples;
      samples.reserve(kBatch);
      for (int i = 0; i < kBatch; ++i) samples.push_back(sample_of("web1", batch * kBatch + i, i));
      if (!store->put_poll(samples, {})) break;
      if (::write(acknowledged[1], "x", 1) != 1) break;
    }
    ::_exit(1);
  }
  ::close(acknowledged[1]);
  char bytes[1];
  std::uint64_t batches = 0;
  while (batches < 20 && ::read(acknowledged[0], bytes, 1) == 1) ++batches;
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  while (::read(acknowledged[0], bytes, 1) == 1) ++batches;
  ::close(acknowledged[0]);
  auto store = Store::open(folder_);
  ASSERT_TRUE(store.has_value()) << store.error().what;
  EXPECT_GE(*store->sample_count(), batches * kBatch);
  EXPECT_EQ(*store->sample_count() % kBatch, 0U);
}

}  // namespace
}  // namespace muster
