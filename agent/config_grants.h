// SPDX-License-Identifier: GPL-2.0-or-later
// The [[grant]] tables of agent.toml. What is half said is refused: a grant that names nobody, a certificate without an
// account, root without allow_root.
//
// Errors  malformed ("FILE:LINE:COLUMN: what").
// Limits  kMostGrants; kMostNames in each list.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <toml++/toml.h>

#include "agent/grants.h"
#include "core/base/error.h"

namespace muster::agent {

inline constexpr std::size_t kMostGrants = 64;
inline constexpr std::size_t kMostNames = 256;

Result<void> read_grants(const toml::node& node, const std::string& file, std::vector<Grant>& grants);

// A mistake in agent.toml, with its place.
tl::unexpected<Error> complain(const std::string& file, const toml::source_position& at,
                               const std::string& what);

}  // namespace muster::agent
