// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a script in the system's /bin/sh with given input, for tests of what is sent to hosts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace muster::test {

struct ShellResult {
  int status = -1;
  std::string output;  // standard output and error
};

ShellResult run_program(const std::vector<std::string>& words, std::string_view input);

}  // namespace muster::test
