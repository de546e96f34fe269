// SPDX-License-Identifier: GPL-2.0-or-later
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/inventory/reading.h"

namespace muster {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Load : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "muster-inventory-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    std::string path = folder_ + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  std::string folder_;
};

TEST_F(Load, PicksTheFormatByNameAndThenByText) {
  const std::string yaml = "all:\n  hosts:\n    a:\n";
  for (const char* name : {"h.yml", "h.yaml", "h.YML", "h.json", "hosts", "hosts.prod"}) {
    const auto inventory = load_inventory(write(name, yaml));
    ASSERT_TRUE(inventory) << name << ": " << inventory.error().what;
    EXPECT_THAT(host_names(*inventory), ElementsAre("a")) << name;
  }
  EXPECT_FALSE(load_inventory(write("h.ini", yaml)));
  for (const char* text : {"# c\n\n---\ng:\n  hosts: a\n", R"({"g": {"hosts": {"a": null}}})"}) {
    const auto inventory = load_inventory(write("hosts", text));
    ASSERT_TRUE(inventory) << inventory.error().what;
    EXPECT_THAT(host_names(*inventory), ElementsAre("a"));
  }
  for (const char* name : {"h.ini", "hosts", "hosts.prod"}) {
    EXPECT_TRUE(load_inventory(write(name, "[g]\na x=1\n"))) << name;
  }
}

TEST_F(Load, CompletesKeyPathsFromTheFolderOfTheFile) {
  const auto inventory = load_inventory(write("hosts", "a ansible_ssh_private_key_file=keys/id\n"));
  ASSERT_TRUE(inventory);
  EXPECT_EQ(inventory->hosts[0].private_key_file, folder_ + "/keys/id");
}

TEST_F(Load, GivesTheFirstProblemAndCountsTheRest) {
  const std::string path = write("hosts", "a b\n-c\nd:\n");
  const auto inventory = load_inventory(path);
  ASSERT_FALSE(inventory);
  EXPECT_EQ(inventory.error().what.rfind(path + ":1:3: ", 0), 0U) << inventory.error().what;
  EXPECT_THAT(inventory.error().hint, HasSubstr("and 2 more: muster inventory check"));
  EXPECT_THAT(places(check_inventory(path)), ElementsAre("1:3 malformed", "2:1 malformed", "3:1 malformed"));
}

TEST_F(Load, SaysWhatIsWrongWithAFileItCannotTake) {
  EXPECT_EQ(load_inventory(folder_ + "/none").error().code, Errc::not_found);
  EXPECT_EQ(load_inventory(folder_).error().code, Errc::unsupported);
  EXPECT_EQ(load_inventory(write("script", "#!/bin/sh\necho '{}'\n")).error().code, Errc::denied);
  EXPECT_EQ(load_inventory(write("big", std::string((16U << 20U) + 1, '\n'))).error().code, Errc::malformed);
  for (const std::string& path : {folder_ + "/none", folder_, folder_ + "/script", folder_ + "/big"}) {
    const Error error = load_inventory(path).error();
    EXPECT_THAT(error.what, HasSubstr(path));
    EXPECT_FALSE(error.hint.empty()) << path;
  }
}

}  // namespace
}  // namespace muster
