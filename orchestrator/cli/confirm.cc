// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/confirm.h"

#include <string>

#include <unistd.h>

#include "core/base/fd.h"

namespace muster {
namespace {

constexpr std::size_t kAnswerBytes = 64;

}  // namespace

bool confirmed(std::string_view question, int answers) {
  const auto asked = std::string(question) + " [y/N] ";
  if (!write_all(STDERR_FILENO, "standard error", asked)) return false;
  std::string answer;
  for (char c = 0; answer.size() < kAnswerBytes && ::read(answers, &c, 1) == 1 && c != '\n';) {
    answer.push_back(c);
  }
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace muster
