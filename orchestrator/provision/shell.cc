// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/shell.h"

#include <array>
#include <cstdlib>

#include <sys/random.h>

#include "orchestrator/provision/sudo.h"

namespace muster {
namespace {

// No single quote, backslash pair, exclamation mark or line end: the user's login shell may be csh or fish.
std::string loader(std::string_view mark) {
  const std::string word(mark);
  return "m=" + word +
         "; echo \"$m ready $(id -u)\"; "
         "while IFS= read -r l; do test \"$l\" = $m && break; done; test \"$l\" = $m || exit 75; "
         "n=$(printf \"\\nx\"); n=${n%x}; s=; "
         "while IFS= read -r l; do test \"$l\" = $m && break; s=$s$l$n; done; test \"$l\" = $m || exit 75; "
         "eval \"$s\"";
}

std::string as_root(std::string_view mark, Root root) {
  const std::string shell = "/bin/sh -c " + shell_quoted(loader(mark));
  switch (root) {
    case Root::as_is: return "exec " + shell;
    case Root::sudo_without_password: return "exec env LC_ALL=C LANGUAGE=C sudo -n -- " + shell;
    case Root::sudo_with_password:
      return "exec env LC_ALL=C LANGUAGE=C sudo -S -k -p \"" + sudo_prompt(mark) + "\" -- " + shell;
  }
  return {};
}

}  // namespace

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted.append("'\\''");
    } else {
      quoted.push_back(c);
    }
  }
  return quoted.append("'");
}

std::string loader_command(std::string_view mark, Root root) {
  return as_root(mark, root);
}

std::string loader_command_on_terminal(std::string_view mark, Root root) {
  return "exec /bin/sh -c " +
         shell_quoted("stty -echo -onlcr; echo \"" + std::string(mark) + " tty\"; " + as_root(mark, root));
}

std::string loader_script(std::string_view mark, std::string_view script) {
  return std::string(mark) + "\n" + std::string(script) + "\n" + std::string(mark) + "\n";
}

std::string random_mark() {
  static constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz012345";  // 32: no bias
  std::array<unsigned char, 20> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
  std::string word;
  for (const unsigned char byte : bytes) word.push_back(kLetters[byte % kLetters.size()]);
  word.front() = 'm';
  return word;
}

}  // namespace muster
