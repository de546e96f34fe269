// SPDX-License-Identifier: GPL-2.0-or-later
// The agent package that is sent to hosts.
//
// Paths   /usr/share/muster/packages/muster-agent_*_amd64.deb unless one is named
// Errors  not_found, malformed (no Debian package, too large, or not the agent's), and those of package_control.h
#pragma once

#include <string>

#include "core/base/error.h"
#include "orchestrator/provision/runner.h"

namespace muster {

inline constexpr char kPackageFolder[] = "/usr/share/muster/packages";

// `path` empty: the newest in the folder, by time of change.
Result<Package> open_package(const std::string& path, const std::string& folder = kPackageFolder);

}  // namespace muster
