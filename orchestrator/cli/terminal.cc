// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/terminal.h"

#include <cstdlib>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

namespace muster {
namespace {

// NOLINTBEGIN(concurrency-mt-unsafe): nothing here changes the environment
bool colour_wanted() {
  const char* refused = std::getenv("NO_COLOR");
  if (refused != nullptr && *refused != '\0') return false;
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) != "dumb";
}
// NOLINTEND(concurrency-mt-unsafe)

}  // namespace

bool stdout_is_terminal() {
  return ::isatty(STDOUT_FILENO) == 1;
}

bool stdin_is_terminal() {
  return ::isatty(STDIN_FILENO) == 1;
}

Terminal terminal_for(bool interactive) {
  if (!interactive) return {};
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return {known ? size.ws_col : std::size_t{80}, colour_wanted()};
}

}  // namespace muster
