// SPDX-License-Identifier: GPL-2.0-or-later
// Runs every file of the folders given through a fuzz target, in the order of their names. It stands in for
// libFuzzer's main, so that the corpora are tested in every build and with every compiler.
//
// Exit  0 all went through, 1 nothing to run or not readable; a finding ends the process by itself.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::string> files_below(const char* folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file()) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool run(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (!in.good() && !in.eof()) {
    std::fprintf(stderr, "%s: cannot be read\n", file.c_str());
    return false;
  }
  std::fprintf(stderr, "%s\n", file.c_str());  // the last line before a crash names its input
  // A copy of exactly this size: what reads past the end is caught by a sanitizer or valgrind.
  const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
  return true;
}

}  // namespace

int main(int count, char** folders) {
  std::size_t done = 0;
  for (int i = 1; i < count; ++i) {
    for (const auto& file : files_below(folders[i])) {
      if (!run(file)) return 1;
      ++done;
    }
  }
  if (done == 0) std::fprintf(stderr, "usage: %s FOLDER...   (the folders hold no file)\n", folders[0]);
  std::printf("%zu inputs\n", done);
  return done == 0 ? 1 : 0;
}
