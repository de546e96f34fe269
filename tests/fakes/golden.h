// SPDX-License-Identifier: GPL-2.0-or-later
// Expected texts that live in files below tests/golden. UPDATE_GOLDEN=1 rewrites them from what a test got.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace muster::testing {

// The file's content, or a text that no test produces when the file is missing.
inline std::string golden(std::string_view name, std::string_view actual) {
  const auto path = std::filesystem::path(MUSTER_SOURCE_DIR) / "tests/golden" / name;
  const char* update = std::getenv("UPDATE_GOLDEN");  // NOLINT(concurrency-mt-unsafe)
  if (update != nullptr && std::string_view(update) == "1") {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << actual;
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return "no " + path.string() + ": run with UPDATE_GOLDEN=1";
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace muster::testing
