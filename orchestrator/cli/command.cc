// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/command.h"

#include "orchestrator/cli/output.h"

namespace muster {

Exit wrong_usage(const Environment& environment, const Error& error) {
  print_usage_error(error, environment.json);
  return Exit::usage;
}

}  // namespace muster
