// SPDX-License-Identifier: GPL-2.0-or-later
// Certificates as people and programs are shown them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/tls/certificate.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/terminal.h"

namespace muster {

Json certificate_json(const tls::Certificate& certificate);

// One row for each, fingerprints below the table, because they are compared by eye.
std::string certificate_table(const std::vector<std::pair<std::string, tls::Certificate>>& certificates,
                              const Terminal& terminal);

}  // namespace muster
