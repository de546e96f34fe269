// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/script.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/inventory/reading.h"

namespace muster {
namespace {

using std::filesystem::perms;
using testing::ElementsAre;
using testing::HasSubstr;

class InventoryScript : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "muster-script-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& body, perms mode = perms::owner_all) const {
    std::string path = folder_ + "/inventory";
    std::ofstream(path, std::ios::binary) << "#!/bin/sh\n" << body;
    std::filesystem::permissions(path, mode);
    return path;
  }

  std::string folder_;
};

TEST_F(InventoryScript, IsRunAndRead) {
  const auto reading = check_inventory(write(
      R"([ "$*" = --list ] && echo '{"web": {"hosts": ["a"]}, "_meta": {"hostvars": {"a": {"rack": "'$RACK'x"}}}}')"));
  ASSERT_EQ(all_text(reading), "");
  EXPECT_THAT(host_names(reading.inventory), ElementsAre("a"));
  EXPECT_EQ(variable(reading, "a", "rack"), "x");
}

TEST_F(InventoryScript, HasVariableFilesBesideIt) {
  std::filesystem::create_directory(folder_ + "/group_vars");
  std::ofstream(folder_ + "/group_vars/web.yml") << "ansible_user: admin\n";
  const auto reading = check_inventory(write(R"(echo '{"web": ["a"], "_meta": {}}')"));
  ASSERT_EQ(all_text(reading), "");
  EXPECT_EQ(reading.inventory.find("a")->user, "admin");
}

TEST_F(InventoryScript, WithoutMetaIsAskedForEachHost) {
  const auto reading =
      check_inventory(write("case $1 in\n"
                            "--list) echo '{\"web\": [\"a\", \"b\"]}' ;;\n"
                            "--host) echo \"{\\\"ansible_host\\\": \\\"$2.example.org\\\"}\" ;;\n"
                            "esac\n"));
  ASSERT_EQ(all_text(reading), "");
  EXPECT_EQ(reading.inventory.find("a")->address, "a.example.org");
  EXPECT_EQ(reading.inventory.find("b")->address, "b.example.org");
}

TEST_F(InventoryScript, ThatFailsIsQuoted) {
  const auto path = write("echo first >&2\necho 'no token for the cloud' >&2\nexit 3\n");
  const auto reading = check_inventory(path);
  EXPECT_THAT(all_text(reading),
              HasSubstr(path + " --list: the program ended with status 3; it said: \"no token"));
  EXPECT_TRUE(reading.inventory.hosts.empty());
}

TEST_F(InventoryScript, ThatPrintsSomethingElseIsRefusedWithThePlace) {
  EXPECT_THAT(places(check_inventory(write("echo; echo '{\"a\": '\n"))), ElementsAre("3:1 malformed"));
  EXPECT_THAT(all_text(check_inventory(write("echo '[1]'\n"))), HasSubstr("did not print an inventory"));
  EXPECT_THAT(all_text(check_inventory(write("head -c 17000000 /dev/zero\n"))),
              HasSubstr("more than 16777216"));
}

TEST_F(InventoryScript, ThatOthersCouldHaveChangedIsNotRun) {
  const std::string mark = folder_ + "/was-run";
  for (const auto mode : {perms::owner_all | perms::others_write, perms::owner_read | perms::owner_write}) {
    const auto reading = check_inventory(write("touch " + mark + "\n", mode));
    EXPECT_EQ(reading.problems.at(0).error.code, Errc::denied);
    EXPECT_THAT(reading.problems.at(0).error.hint, HasSubstr("chmod "));
  }
  EXPECT_FALSE(std::filesystem::exists(mark));
}

TEST_F(InventoryScript, GetsNoShellForItsName) {
  const std::string strange = folder_ + "/a b;touch " + "x";
  std::filesystem::rename(write("echo '{\"g\": [\"a\"], \"_meta\": {}}'\n"), strange);
  EXPECT_EQ(all_text(check_inventory(strange)), "");
}

}  // namespace
}  // namespace muster
