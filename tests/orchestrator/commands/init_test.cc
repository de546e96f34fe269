// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "orchestrator/ca/authority.h"
#include "orchestrator/store/store.h"
#include "tests/orchestrator/commands/run_command.h"

namespace muster {
namespace {

using ::testing::HasSubstr;
using testing::run_command;

class InitTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "muster-init-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
};

TEST_F(InitTest, makes_all_that_the_other_commands_need_and_shows_it) {
  const auto outcome = run_command(folder_ + "/state", {"init", "--name", "Example", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.out;
  const auto shown = nlohmann::json::parse(outcome.out);
  const auto authority = Authority::open(folder_ + "/state");
  ASSERT_TRUE(authority);
  EXPECT_EQ(shown["root"]["sha256"], authority->root().sha256());
  EXPECT_EQ(shown["root"]["subject"], "CN=Muster root CA Example");
  EXPECT_TRUE(Store::open(folder_ + "/state"));
  EXPECT_EQ(run_command(folder_ + "/state", {"hosts"}).status, 0);
}

TEST_F(InitTest, the_root_can_be_exported_as_pem_and_as_json) {
  ASSERT_EQ(run_command(folder_, {"init"}).status, 0);
  const auto pem = Authority::open(folder_)->root().pem();
  EXPECT_EQ(run_command(folder_, {"ca", "export"}).out, pem);
  EXPECT_EQ(nlohmann::json::parse(run_command(folder_, {"ca", "export", "--json"}).out)["certificate"], pem);
}

TEST_F(InitTest, the_version_is_json_where_that_is_asked_for) {
  const auto version = run_command(folder_, {"version", "--json"}).out;
  EXPECT_TRUE(nlohmann::json::parse(version)["version"].is_string());
  EXPECT_EQ(run_command(folder_, {"--version", "--json"}).out, version);
}

TEST_F(InitTest, a_script_of_a_shell_is_no_json) {
  const auto outcome = run_command(folder_, {"completion", "bash", "--json"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["error"]["code"], "usage");
  EXPECT_THAT(outcome.out, ::testing::AllOf(HasSubstr("completion"), HasSubstr("--json")));
}

TEST_F(InitTest, a_second_time_is_refused_and_changes_nothing) {
  ASSERT_EQ(run_command(folder_, {"init"}).status, 0);
  const auto root = Authority::open(folder_)->root().sha256();
  const auto again = run_command(folder_, {"init"});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.err, HasSubstr("not overwritten"));
  EXPECT_EQ(Authority::open(folder_)->root().sha256(), root);
}

TEST_F(InitTest, what_a_cut_off_run_left_undone_is_completed) {
  ASSERT_EQ(run_command(folder_, {"init"}).status, 0);
  const auto root = Authority::open(folder_)->root().sha256();
  std::filesystem::remove(folder_ + "/muster.db");
  EXPECT_EQ(run_command(folder_, {"init"}).status, 0);
  EXPECT_TRUE(Store::open(folder_));
  EXPECT_EQ(Authority::open(folder_)->root().sha256(), root);
}

TEST_F(InitTest, every_command_says_so_when_it_was_not_run) {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"hosts"}, {"poll"}, {"serve"}, {"runs", "list"}, {"ca", "show"}, {"wsman", "identify", "web1"}}) {
    const auto outcome = run_command(folder_ + "/none", words);
    EXPECT_EQ(outcome.status, words.front() == "serve" ? 2 : 1) << words.front();
    EXPECT_THAT(outcome.err, HasSubstr("muster init")) << words.front();
  }
}

TEST_F(InitTest, a_file_in_place_of_the_folder_is_called_that) {
  std::ofstream(folder_ + "/file") << "x";
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"init"}, {"hosts"}, {"poll"}, {"serve"}, {"runs", "list"}, {"ca", "show"}}) {
    const auto outcome = run_command(folder_ + "/file", words);
    EXPECT_NE(outcome.status, 0) << words.front();
    EXPECT_THAT(outcome.err, HasSubstr(folder_ + "/file: Not a directory\n  hint: --state DIR"))
        << words.front();
  }
}

}  // namespace
}  // namespace muster
