// SPDX-License-Identifier: GPL-2.0-or-later
// Another program, run to its end, with what it prints.
//
// Errors   not_found, denied: it cannot be started; timeout: it was ended after its time; malformed: it printed more
//          than was allowed, and was ended. An exit status other than 0 is no error here.
// Limits   those of the order. What it starts itself ends with it, as far as it stays in its process group.
// Threads  any; the caller waits.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace muster {

struct ProgramOrder {
  std::vector<std::string> words;  // the first is its path, or a name to be found in PATH
  std::optional<std::vector<std::string>> environment;  // NAME=VALUE, all of them; without: ours
  int input = -1;                                       // a descriptor that it reads; without: /dev/null
  std::chrono::milliseconds patience{30'000};
  std::size_t most_output = std::size_t{1} << 20;
  std::size_t most_errors = 4096;  // what it says beyond that is read and dropped
};

struct ProgramEnd {
  int status = 0;  // exit status; 128 and the signal's number when one ended it
  std::string output;
  std::string errors;
};

Result<ProgramEnd> run_program(const ProgramOrder& order);

}  // namespace muster
