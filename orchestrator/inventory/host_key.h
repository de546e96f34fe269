// SPDX-License-Identifier: GPL-2.0-or-later
// The SSH host key that an inventory pins with muster_host_key.
// Source: RFC 4253, 6.6 (key blobs); OpenSSH's "SHA256:" fingerprints (unpadded base64 of 32 bytes).
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"

namespace muster {

// "SHA256:..." without padding, or "type base64" without its comment.
// Errors: malformed; `what` continues a sentence that began with the value ("is not ...").
Result<std::string> read_host_key(std::string_view text);

}  // namespace muster
