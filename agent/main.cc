// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstdio>
#include <exception>

#include "agent/cli/cli.h"

int main(int count, char** words) {
  try {
    return muster::agent::run_command_line(count, words);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "muster-agent: a bug, please report it: %s\n", error.what());
    return 1;
  }
}
