// SPDX-License-Identifier: GPL-2.0-or-later
// Runs programs for end-to-end tests, with a deadline that always holds.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace muster::e2e {

struct Ran {
  int status = -1;  // exit status; 128 + N for signal N; -1 when the deadline killed it
  std::string out;
  std::string err;
};

using Words = std::vector<std::string>;

// Searches PATH. `input` becomes standard input.
Ran run(const Words& words, std::string_view input = {},
        std::chrono::seconds deadline = std::chrono::seconds(120));

// A program that goes on while the test does; ended (SIGKILL, whole group) with the object.
class Background {
 public:
  // Standard output and error go to the file.
  Background(const Words& words, const std::string& log);
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  Background(Background&&) = delete;
  Background& operator=(Background&&) = delete;
  ~Background();

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  // Exit status as in Ran, -1 when it has not ended by the deadline.
  int wait(std::chrono::seconds deadline);
  std::string log() const;

 private:
  pid_t pid_ = -1;
  std::string log_;
};

// Asks again and again until the condition holds; false when the deadline passes first.
template <class Condition>
bool eventually(Condition holds, std::chrono::milliseconds deadline = std::chrono::seconds(30));

std::string read_text(const std::string& path);
void pause_briefly();

template <class Condition>
bool eventually(Condition holds, std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    pause_briefly();
  }
  return true;
}

}  // namespace muster::e2e
