// SPDX-License-Identifier: GPL-2.0-or-later
// Host keys that were taken with --accept-new, kept in a file of their own.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/error.h"

namespace muster {

// One more line in the known_hosts file, made if it is not there (0600); on disk when this returns. `key` is
// "type base64".
// Errors: malformed when the key is not one line; else what the file system says.
Result<void> record_host_key(const std::string& file, const std::string& address, std::uint16_t port,
                             const std::string& key);

}  // namespace muster
