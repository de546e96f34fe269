// SPDX-License-Identifier: GPL-2.0-or-later
// "Authorization: Basic ..." taken apart.
//
// Limits  8 KiB of header; user at most 256 bytes and without control characters; password at most 4 KiB.
// Errors  malformed, without quoting any of it.
// Source  RFC 7617; user-id and password are UTF-8 octets and go to PAM as they are.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/base/secret.h"

namespace muster::auth {

struct Credentials {
  std::string user;
  Secret password;
};

Result<Credentials> parse_basic(std::string_view authorization);

// Strict: whole quartets, padding only at the end. Empty on a breach.
std::string decode_base64(std::string_view text);

}  // namespace muster::auth
