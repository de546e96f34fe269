// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/variable_files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/orchestrator/inventory/reading.h"

namespace muster {
namespace {

using testing::HasSubstr;

class VariableFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "muster-inventory-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    write("hosts.ini",
          "[web]\na v=host\nb\n[db]\nc\n[site:children]\nweb\ndb\n[web:vars]\nv=ini\nw=ini\n"
          "[all:vars]\nx=ini\n");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = folder_ + "/" + name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  InventoryReading read() const { return check_inventory(folder_ + "/hosts.ini"); }
  std::string text() const { return all_text(read()); }

  std::string folder_;
};

TEST_F(VariableFilesTest, PrecedenceIsAnsibles) {
  write("group_vars/all.yml", "v: all file\nw: all file\nx: all file\ny: all file\n");
  write("group_vars/site", "y: site file\nz: site file\n");
  write("group_vars/web.yaml", "z: web file\n");
  write("group_vars/db.json", R"({"z": "db file"})");
  write("host_vars/b.yml", "z: host file\n");
  write("host_vars/a", "v: host file\n");
  const auto reading = read();
  EXPECT_EQ(all_text(reading), "");
  const struct {
    const char *host, *name, *value;
  } rows[] = {
      {"a", "v", "host file"},  // host_vars win over the inventory's own
      {"b", "v", "all file"},   // any group_vars win over [web:vars]
      {"a", "w", "all file"},  {"c", "x", "all file"},  {"a", "y", "site file"},
      {"a", "z", "web file"},  {"b", "z", "host file"}, {"c", "z", "db file"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(variable(reading, row.host, row.name), row.value) << row.host << row.name;
  }
}

TEST_F(VariableFilesTest, InventorysHostVariablesWinOverGroupFiles) {
  write("group_vars/web.yml", "v: web file\n");
  EXPECT_EQ(variable(read(), "a", "v"), "host");
}

TEST_F(VariableFilesTest, FoldersAreReadInAlphabeticalOrderAndBeforeFiles) {
  write("group_vars/web/1.yml", "k: one\nl: one\n");
  write("group_vars/web/2", "k: two\n");
  write("group_vars/web/sub/3.json", R"({"m": "three"})");
  for (const char* ignored : {".4.yml", "5.yml~", "6.txt", "7.d/8.yml"}) {
    write(std::string("group_vars/web/") + ignored, "k: wrong\n");
  }
  write("group_vars/web.yml", "k: wrong\n");
  const auto reading = read();
  EXPECT_EQ(all_text(reading), "");
  EXPECT_EQ(variable(reading, "b", "k"), "two");
  EXPECT_EQ(variable(reading, "b", "l"), "one");
  EXPECT_EQ(variable(reading, "b", "m"), "three");
}

TEST_F(VariableFilesTest, KnownVariablesCount) {
  write("group_vars/all.yml", "---\nansible_user: deploy\nansible_become: true\n");
  write("host_vars/c.yml", "ansible_host: 192.0.2.7\nansible_port: 2222\n");
  const auto reading = read();
  const auto* host = reading.inventory.find("c");
  ASSERT_NE(host, nullptr);
  EXPECT_EQ(host->user, "deploy");
  EXPECT_TRUE(host->become);
  EXPECT_EQ(host->address, "192.0.2.7");
  EXPECT_EQ(host->port, 2222);
}

TEST_F(VariableFilesTest, FilesOfOthersAndEmptyOnesAreNoProblem) {
  write("group_vars/elsewhere.yml", "- not\n- a map\n");
  write("host_vars/zzz/vault.yml", "$ANSIBLE_VAULT;1.1;AES256\n6162\n");
  write("group_vars/web.yml", "---\n# later\n");
  write("group_vars/db.yml", "");
  EXPECT_EQ(text(), "");
}

TEST_F(VariableFilesTest, ProblemsNameFileLineAndColumn) {
  const struct {
    const char *file, *text, *where, *words;
  } rows[] = {
      {"group_vars/all/vault.yml", "$ANSIBLE_VAULT;1.1;AES256\n6162\n",
       ":1:1: ", "encrypted with Ansible Vault"},
      {"group_vars/web.yml", "a: 1\n  b: 2\n", ":2:4: ", "YAML"},
      {"group_vars/web.yml", "- a\n", ":1:1: ", "a file of variables is a map"},
      {"host_vars/a.yml", "x: 1\nansible_port: many\n", ":2:1: ", "ansible_port"},
      {"host_vars/a.yml", "\nansible_become_password: hunter2\n", ":2:1: ", "ansible_become_password"},
      {"host_vars/a.yml", "ansible_user: !vault |\n  6162\n", ":1:1: ", "encrypted with Ansible Vault"},
      {"host_vars/a.yml", "5: x\n", ":1:1: ", "is not text"},
      {"host_vars/a.yml", "x: 1\nx: 2\n", ":2:1: ", "stands twice"},
  };
  for (const auto& row : rows) {
    write(row.file, row.text);
    const auto reading = read();
    ASSERT_EQ(reading.problems.size(), 1U) << row.file << row.text << all_text(reading);
    const auto& error = reading.problems[0].error;
    EXPECT_EQ(error.what.rfind(folder_ + "/" + row.file + row.where, 0), 0U) << error.what;
    EXPECT_THAT(error.what, HasSubstr(row.words));
    EXPECT_THAT(error.what + error.hint, testing::Not(HasSubstr("hunter2")));
    EXPECT_FALSE(error.hint.empty());
    EXPECT_EQ(reading.problems[0].where.file, folder_ + "/" + row.file);
    std::filesystem::remove(folder_ + "/" + row.file);
  }
}

TEST_F(VariableFilesTest, FoldersThatLeadBackIntoThemselvesEnd) {
  std::filesystem::create_directories(folder_ + "/group_vars/web");
  std::filesystem::create_directory_symlink(folder_ + "/group_vars/web", folder_ + "/group_vars/web/again");
  EXPECT_THAT(text(), HasSubstr("nested deeper"));
}

TEST_F(VariableFilesTest, WhatIsNoFileIsRefusedAndNotWaitedFor) {
  std::filesystem::create_directories(folder_ + "/host_vars");
  ASSERT_EQ(::mkfifo((folder_ + "/host_vars/a.yml").c_str(), 0600), 0);
  EXPECT_THAT(text(), HasSubstr("/host_vars/a.yml: is no file"));
}

}  // namespace
}  // namespace muster
