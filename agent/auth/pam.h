// SPDX-License-Identifier: GPL-2.0-or-later
// Does PAM accept this user and password, and is the account usable now?
//
// Blocks for as long as the modules do (but not for PAM's own pause after a wrong password, which the monitor keeps
// instead) and runs whatever code they bring, so it is called in a child process only: see pam_child.h.
//
// Errors  denied, always with the same text for the caller's peer; the reason goes to the journal alone.
// Source  Linux-PAM: pam_authenticate(3), pam_acct_mgmt(3).
#pragma once

#include <string>

#include "core/base/error.h"
#include "core/base/secret.h"

namespace muster::auth {

struct Attempt {
  std::string user;
  Secret password;
  std::string source;  // address of the peer, for PAM_RHOST
};

// Root is whoever has user id 0 after PAM has said who the user is, by whatever name.
enum class RootLogin { refused, allowed };

Result<void> check_with_pam(const std::string& service, const Attempt& attempt, RootLogin root);

}  // namespace muster::auth
