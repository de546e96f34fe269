// SPDX-License-Identifier: GPL-2.0-or-later
// What a command of this machine prints, for tests that compare our figures with it.
#pragma once

#include <cstdio>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace muster::testing {

inline std::string command_output(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"),
                                                   ::pclose);  // NOLINT(cert-env33-c)
  std::string out;
  char block[4096];
  for (std::size_t got = 1; pipe && got > 0;) {
    got = std::fread(block, 1, sizeof block, pipe.get());
    out.append(block, got);
  }
  return out;
}

// Words of every line.
inline std::vector<std::vector<std::string>> table(const std::string& text) {
  std::vector<std::vector<std::string>> lines;
  std::istringstream input(text);
  for (std::string line; std::getline(input, line);) {
    std::istringstream words(line);
    auto& row = lines.emplace_back();
    for (std::string word; words >> word;) row.push_back(word);
  }
  return lines;
}

}  // namespace muster::testing
