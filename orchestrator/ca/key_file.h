// SPDX-License-Identifier: GPL-2.0-or-later
// Private keys on disk.
// Paths   as given; the file must be regular, ours (or root's) and closed to group and others.
// Errors  not_found, denied, malformed.
#pragma once

#include <string>

#include "core/base/error.h"
#include "core/tls/key.h"

namespace muster {

Result<tls::Key> load_key_file(const std::string& path);
// Atomically, 0600.
Result<void> save_key_file(const std::string& path, const tls::Key& key);

}  // namespace muster
