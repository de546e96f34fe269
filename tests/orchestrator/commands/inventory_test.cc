// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/orchestrator/commands/run_command.h"

namespace muster {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Outcome;

class InventoryCheckTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "muster-inventory-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    file_ = folder_ + "/hosts";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  Outcome check(const std::string& text, std::vector<std::string> more = {}) const {
    std::ofstream(file_) << text;
    more.insert(more.begin(), {"inventory", "check", file_});
    return testing::run_command(folder_, more);
  }
  std::string folder_;
  std::string file_;
};

TEST_F(InventoryCheckTest, of_a_wrong_file_a_little_is_said) {
  std::string shadow;
  const std::string hash(90, 'h');
  for (int i = 0; i < 30; ++i) shadow += "user" + std::to_string(i) + ":" + hash + ":19000:0:99999:7:::\n";
  const auto outcome = check(shadow);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, Not(HasSubstr(hash.substr(0, 40))));
  EXPECT_THAT(outcome.out, HasSubstr("hosts:20:1:"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("hosts:21:1:")));
  EXPECT_THAT(outcome.out, HasSubstr("and 10 more"));
  EXPECT_THAT(outcome.out, HasSubstr(": 30 problems\n"));
  EXPECT_EQ(nlohmann::json::parse(check(shadow, {"--json"}).out)["problems"].size(), 30U);
}

TEST_F(InventoryCheckTest, a_binary_file_is_one_problem) {
  const auto outcome =
      check(std::string("\x7f"
                        "ELF\0\x01\n\xff\n\xff\n",
                        11));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, HasSubstr(file_ + ": not a text file\n"));
  EXPECT_THAT(outcome.out, HasSubstr(": 1 problem\n"));
}

TEST_F(InventoryCheckTest, no_host_is_a_warning) {
  const auto outcome = check("");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out, file_ + ": warning: names no host\n");
}

TEST_F(InventoryCheckTest, what_may_be_meant_is_a_warning) {
  const std::string text =
      "[web]\n10.0.0.1\n[db]\n10.0.0.1\n[web:vars]\nansible_user=w\n[db:vars]\nansible_user=d\n";
  const auto outcome = check(text);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out,
              HasSubstr("warning: " + file_ + ":6:1: ansible_user is \"w\" in group web and \"d\""));
  EXPECT_THAT(outcome.out, HasSubstr(": good: 1 host, 1 warning\n"));
  EXPECT_EQ(nlohmann::json::parse(check(text, {"--json"}).out)["warnings"].size(), 1U);
}

TEST_F(InventoryCheckTest, names_are_looked_up_unless_told_otherwise) {
  const auto outcome = check("no-such-name.invalid\n");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out,
              HasSubstr(file_ + ":1:1: host no-such-name.invalid: no-such-name.invalid has no address"));
  EXPECT_EQ(check("no-such-name.invalid\n", {"--no-dns"}).status, 0);
}

TEST_F(InventoryCheckTest, two_hosts_in_one_place_are_a_problem) {
  const auto outcome = check("a ansible_host=10.0.0.1\nb ansible_host=10.0.0.1\n");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out,
              HasSubstr(file_ + ":2:1: host b: has the address 10.0.0.1 port 22, as host a has"));
}

TEST_F(InventoryCheckTest, groups_are_shown_as_a_tree) {
  std::ofstream(file_)
      << "lone\n[web]\nw1\nw2\n[db]\nd1\n[prod:children]\nweb\ndb\n[north:children]\nweb\n[empty]\n";
  const auto outcome = testing::run_command(folder_, {"inventory", "list", file_, "--graph"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "@all:\n"
            "  |--@ungrouped:\n"
            "  |  |--lone\n"
            "  |--@prod:\n"
            "  |  |--@web:\n"
            "  |  |  |--w1\n"
            "  |  |  |--w2\n"
            "  |  |--@db:\n"
            "  |  |  |--d1\n"
            "  |--@north:\n"
            "  |  |--@web: (as above)\n"
            "  |--@empty:\n");
  const auto json = testing::run_command(folder_, {"inventory", "list", file_, "--graph", "--json"});
  EXPECT_EQ(nlohmann::json::parse(json.out)["groups"]["prod"]["children"].size(), 2U);
}

}  // namespace
}  // namespace muster
