// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/sandbox/landlock.h"

#include <cerrno>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace muster::sandbox {
namespace {

// Every file access right that ABI 1 (Linux 5.13) knows; newer kernels accept this set too.
constexpr __u64 kAllFileAccess = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

bool is_absent(int error) {
  return error == ENOSYS || error == EOPNOTSUPP || error == EPERM;
}

constexpr __u64 kReading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr __u64 kWriting =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG;

Result<bool> permit(int ruleset, const std::string& folder, __u64 access) {
  const Fd top(::open(folder.c_str(), O_PATH | O_CLOEXEC));
  if (!top) return fail(errno_error(folder));
  landlock_path_beneath_attr below{};
  below.allowed_access = access;
  below.parent_fd = top.get();
  if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &below, 0) == 0) return true;
  if (is_absent(errno)) return false;
  return fail(errno_error("landlock"));
}

}  // namespace

Result<bool> restrict_files(Files allowed, const std::string& writable) {
  const landlock_ruleset_attr handled{.handled_access_fs = kAllFileAccess};
  const Fd ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0)));
  if (!ruleset && is_absent(errno)) return false;
  if (!ruleset) return fail(errno_error("landlock"));
  if (allowed == Files::read_only) {
    auto permitted = permit(ruleset.get(), "/", kReading);
    if (!permitted || !*permitted) return permitted;
  }
  if (!writable.empty()) {
    auto permitted = permit(ruleset.get(), writable, kReading | kWriting);
    if (!permitted || !*permitted) return permitted;
  }
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) return fail(errno_error("landlock"));
  return true;
}

}  // namespace muster::sandbox
