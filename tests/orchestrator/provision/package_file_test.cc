// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/package_file.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/provision/agent_package.h"

namespace muster {
namespace {

using testing::build_package;
using ::testing::HasSubstr;

class PackageFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "muster-package-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string refusal(const std::string& name) const {
    const auto opened = open_package(path(name), folder_);
    return opened ? "taken" : opened.error().what;
  }

  std::string folder_;
};

TEST_F(PackageFileTest, the_agents_package_is_taken_with_its_size_and_checksum) {
  build_package(path("a.deb"));
  const auto opened = open_package(path("a.deb"), folder_);
  ASSERT_TRUE(opened) << opened.error().what;
  EXPECT_EQ(opened->bytes, std::filesystem::file_size(path("a.deb")));
  EXPECT_EQ(opened->sha256, test::run_program({"sha256sum", path("a.deb")}, "").output.substr(0, 64));
}

TEST_F(PackageFileTest, another_package_is_refused_by_its_name) {
  build_package(path("a.deb"), "muster");
  EXPECT_EQ(refusal("a.deb"), path("a.deb") + ": this is the package muster, not muster-agent");
}

TEST_F(PackageFileTest, what_lies_in_the_folder_is_looked_at_as_well) {
  build_package(path("muster-agent_1_amd64.deb"), "nc-evil");
  const auto opened = open_package("", folder_);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().what, HasSubstr("this is the package nc-evil"));
}

TEST_F(PackageFileTest, a_package_for_other_machines_is_refused) {
  build_package(path("a.deb"), "muster-agent", "arm64");
  EXPECT_EQ(refusal("a.deb"), path("a.deb") + ": built for arm64, and the hosts are to be amd64");
}

TEST_F(PackageFileTest, what_is_no_package_is_said_precisely) {
  EXPECT_EQ(refusal("none.deb"), path("none.deb") + ": No such file or directory");
  std::ofstream(path("text.deb")) << "text";
  EXPECT_EQ(refusal("text.deb"), path("text.deb") + ": not a Debian package");
  std::ofstream(path("cut.deb")) << "!<arch>\ndebian-binary";
  EXPECT_THAT(refusal("cut.deb"),
              HasSubstr("cut.deb: not a whole Debian package; dpkg-deb said: \"unexpected end"));
}

}  // namespace
}  // namespace muster
