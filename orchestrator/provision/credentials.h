// SPDX-License-Identifier: GPL-2.0-or-later
// Where passwords and keys come from: files, descriptors, the terminal; never an argument or the environment.
//
// Errors  denied (a secret's file that others may read), not_found, malformed (empty or too long).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/secret.h"
#include "orchestrator/ssh/job.h"

namespace muster {

// First line, without its end. The file must be the caller's own or root's, and closed to group and others.
Result<Secret> secret_from_file(const std::string& path);
// First line of a descriptor that the caller opened, such as `3<FILE`.
Result<Secret> secret_from_descriptor(int fd);
// Asks on the controlling terminal with echo off.
Result<Secret> secret_from_terminal(const std::string& prompt);

// A private key for SSH. The file must be closed to group and others.
Result<LoginKey> login_key_from_file(const std::string& path);
// ~/.ssh/id_ed25519, id_ecdsa, id_rsa: those that are there. One that others may read is left out, and logged.
std::vector<LoginKey> default_login_keys();

// A private key that nobody can use without its passphrase. Source: PROTOCOL.key of OpenSSH; RFC 1421, RFC 5958.
bool is_encrypted_key(std::string_view pem);

std::string login_name();
std::string home_folder();

}  // namespace muster
