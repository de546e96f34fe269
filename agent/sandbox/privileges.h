// SPDX-License-Identifier: GPL-2.0-or-later
// Giving up root for good, and proving it.
//
// Errors  not_found (no such user), internal: a call failed or root could be had back; the process must not
// go on.
#pragma once

#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/types.h>

#include "core/base/error.h"

namespace muster::sandbox {

struct Account {
  std::string name;
  uid_t uid = static_cast<uid_t>(-1);
  gid_t gid = static_cast<gid_t>(-1);
  std::vector<gid_t> groups = {};  // the supplementary ones that it keeps
  std::string home = "/";
  std::string shell = {};
};

// Without supplementary groups.
Result<Account> account_of(const std::string& user);
// With all that the account is a member of, its own included.
Result<Account> account_with_groups(const std::string& user);

// Of a process and all that it starts: whether a program may raise its rights (sudo).
enum class NewPrivileges { never, by_programs };

struct ProcessLimits {
  rlim_t open_files = 1024;
  rlim_t address_space_bytes = 0;  // 0: no limit
  NewPrivileges new_privileges = NewPrivileges::never;
};

// For a freshly forked child, in this order: dies with its parent, closes what it was not given, forgets the
// environment, takes its limits, drops groups, user and capabilities, sets no_new_privs, and then checks that
// every identity is the account's and that root cannot be had back (unless the account is root). Does nothing about
// the account when the process is not root (a trial run by an ordinary user).
Result<void> become(const Account& account, const ProcessLimits& limits);

// Nothing of this process, nor of what it starts, is written to disk when it crashes, and no other program of its user
// may look into it: its memory has passwords and keys.
void keep_memory_private();

// Closes every descriptor above 2 but these. An error means that something may still be open: the process must not
// go on.
Result<void> close_all_but(std::vector<int> kept);

}  // namespace muster::sandbox
