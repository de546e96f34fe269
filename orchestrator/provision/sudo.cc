// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/sudo.h"

#include <array>

#include "core/base/log.h"

namespace muster {
namespace {

constexpr std::size_t kShownBytes = 200;

struct Saying {
  std::string_view words;
  FailureCode code;
};

// The first that occurs decides.
constexpr std::array kSayings{
    Saying{"you must have a tty", FailureCode::sudo_tty},
    Saying{"Sorry, try again", FailureCode::sudo_wrong},
    Saying{"incorrect password attempt", FailureCode::sudo_wrong},
    Saying{"a password is required", FailureCode::sudo_password},
    Saying{"no password was provided", FailureCode::sudo_password},
    Saying{"a terminal is required to read the password", FailureCode::sudo_password},
    Saying{"not in the sudoers file", FailureCode::sudo_denied},
    Saying{"not allowed to execute", FailureCode::sudo_denied},
    Saying{"may not run sudo", FailureCode::sudo_denied},
    Saying{"not allowed to run sudo", FailureCode::sudo_denied},
    Saying{"account validation failure", FailureCode::sudo_denied},
    Saying{"'sudo': No such file", FailureCode::sudo_absent},
    Saying{"sudo: No such file", FailureCode::sudo_absent},
    Saying{"sudo: not found", FailureCode::sudo_absent},
    Saying{"can't execute 'sudo'", FailureCode::sudo_absent},
};

std::string last_line(std::string_view words, std::string_view mark) {
  std::string last;
  while (!words.empty()) {
    const auto end = words.find('\n');
    auto line = without_sudo_prompt(words.substr(0, end), mark);
    words = end == std::string_view::npos ? std::string_view{} : words.substr(end + 1);
    while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!line.empty()) last = line.substr(0, kShownBytes);
  }
  return log::printable(last);
}

// Its words are not ours: "Sorry, try again." is no advice to be taken.
std::string quoted(std::string_view line) {
  constexpr std::string_view kName = "sudo: ";
  if (line.starts_with(kName)) line.remove_prefix(kName.size());
  return "sudo said: \"" + std::string(line) + "\"";
}

bool asked_twice(std::string_view words, std::string_view mark) {
  const auto prompt = sudo_prompt(mark);
  const auto first = words.find(prompt);
  return first != std::string_view::npos &&
         words.find(prompt, first + prompt.size()) != std::string_view::npos;
}

}  // namespace

std::string sudo_prompt(std::string_view mark) {
  return std::string(mark) + "? ";
}

std::string_view without_sudo_prompt(std::string_view line, std::string_view mark) {
  const auto prompt = sudo_prompt(mark);
  while (line.substr(0, prompt.size()) == prompt) line.remove_prefix(prompt.size());
  return line;
}

bool sudo_refused_password(std::string_view words, std::string_view mark) {
  return asked_twice(words, mark) || words.find("Sorry, try again") != std::string_view::npos ||
         words.find("incorrect password attempt") != std::string_view::npos;
}

Failure diagnose_sudo(std::string_view words, std::string_view mark, int exit_status) {
  const auto line = last_line(words, mark);
  if (asked_twice(words, mark)) return {FailureCode::sudo_wrong, line.empty() ? "asked again" : quoted(line)};
  for (const auto& saying : kSayings) {
    if (words.find(saying.words) == std::string_view::npos) continue;
    return {saying.code, saying.code == FailureCode::sudo_absent ? line : quoted(line)};
  }
  if (words.find("sudo") != std::string_view::npos) return {FailureCode::sudo_denied, quoted(line)};
  return {FailureCode::script,
          line.empty() ? "the root shell did not start, exit status " + std::to_string(exit_status) : line};
}

}  // namespace muster
