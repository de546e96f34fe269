// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/cli/command.h"

#include <nlohmann/json.hpp>

#include "orchestrator/cli/output.h"

namespace muster {

Exit wrong_usage(const Environment& environment, const Error& error) {
  if (environment.json) {
    auto document = error_json(error);
    document["error"]["code"] = "usage";
    print_json(document);
  } else {
    print_error(error);
  }
  return Exit::usage;
}

}  // namespace muster
