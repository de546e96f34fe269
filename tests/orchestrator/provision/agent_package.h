// SPDX-License-Identifier: GPL-2.0-or-later
// A Debian package without content, for tests of what looks at packages before they are sent.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/orchestrator/provision/shell_run.h"

namespace muster::testing {

inline void build_package(const std::string& path, const std::string& name = "muster-agent",
                          const std::string& architecture = "amd64") {
  const auto folder = path + ".d";
  std::filesystem::create_directories(folder + "/DEBIAN");
  std::ofstream(folder + "/DEBIAN/control") << "Package: " + name +
                                                   "\nVersion: 1.0\nArchitecture: " + architecture +
                                                   "\nMaintainer: test\nDescription: test\n";
  const auto built = test::run_program({"dpkg-deb", "--root-owner-group", "-b", folder, path}, "");
  EXPECT_EQ(built.status, 0) << built.output;
}

}  // namespace muster::testing
