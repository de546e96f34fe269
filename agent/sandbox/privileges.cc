// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/sandbox/privileges.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <dirent.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace muster::sandbox {
namespace {

constexpr int kMaxGroups = 1024;

void limit(int resource, rlim_t value) {
  rlimit now{};
  if (::getrlimit(resource, &now) != 0) return;
  now.rlim_cur = std::min(value, now.rlim_max);
  now.rlim_max = now.rlim_cur;
  static_cast<void>(::setrlimit(resource, &now));  // lowering cannot fail for the reasons that matter
}

Result<void> drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, 2> none{};
  if (::syscall(SYS_capset, &header, none.data()) != 0) return fail(errno_error("capset"));
  return {};
}

Result<void> drop_identity(const Account& account) {
  // The supplementary groups first: after setuid they could no longer be dropped.
  if (::setgroups(account.groups.size(), account.groups.data()) != 0) return fail(errno_error("setgroups"));
  if (::setresgid(account.gid, account.gid, account.gid) != 0) return fail(errno_error("setresgid"));
  if (::setresuid(account.uid, account.uid, account.uid) != 0) return fail(errno_error("setresuid"));
  return account.uid == 0 ? Result<void>{} : drop_capabilities();
}

bool has_groups_of(const Account& account) {
  const int count = ::getgroups(0, nullptr);
  if (count < 0) return false;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  if (count > 0 && ::getgroups(count, groups.data()) != count) return false;
  std::vector<gid_t> wanted = account.groups;
  std::sort(wanted.begin(), wanted.end());
  std::sort(groups.begin(), groups.end());
  return groups == wanted;
}

Result<void> verify_identity(const Account& account) {
  uid_t uid[3];
  gid_t gid[3];
  if (::getresuid(&uid[0], &uid[1], &uid[2]) != 0 || ::getresgid(&gid[0], &gid[1], &gid[2]) != 0) {
    return fail(errno_error("getresuid"));
  }
  const bool users = std::all_of(std::begin(uid), std::end(uid), [&](uid_t id) { return id == account.uid; });
  const bool groups =
      std::all_of(std::begin(gid), std::end(gid), [&](gid_t id) { return id == account.gid; });
  if (!users || !groups || !has_groups_of(account)) {
    return fail(Errc::internal, account.name + ": privileges were not dropped");
  }
  if (account.uid != 0 && (::setuid(0) == 0 || ::setgid(0) == 0)) {
    return fail(Errc::internal, account.name + ": root could be had back");
  }
  return {};
}

}  // namespace

Result<Account> account_of(const std::string& user) {
  std::vector<char> buffer(16384);
  passwd entry{};
  passwd* found = nullptr;
  ::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr) {
    return fail(
        Errc::not_found, user + ": no such user",
        "the package creates it; by hand: useradd --system --no-create-home --shell /usr/sbin/nologin " +
            user);
  }
  return Account{user, entry.pw_uid, entry.pw_gid, {}, entry.pw_dir, entry.pw_shell};
}

Result<Account> account_with_groups(const std::string& user) {
  auto account = account_of(user);
  if (!account) return account;
  int count = kMaxGroups;
  account->groups.resize(kMaxGroups);
  if (::getgrouplist(user.c_str(), account->gid, account->groups.data(), &count) < 0) {
    return fail(Errc::unsupported,
                user + ": is a member of more than " + std::to_string(kMaxGroups) + " groups");
  }
  account->groups.resize(static_cast<std::size_t>(count));
  return account;
}

namespace {

// For kernels before 5.9, and for filters that do not know close_range.
Result<void> close_one_by_one(const std::vector<int>& kept) {
  std::vector<int> open;
  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return fail(errno_error("/proc/self/fd"));
  while (const dirent* entry =
             ::readdir(folder)) {  // NOLINT(concurrency-mt-unsafe): one thread, right after fork
    const int fd = static_cast<int>(std::strtol(entry->d_name, nullptr, 10));
    if (fd > 2 && fd != ::dirfd(folder) && !std::binary_search(kept.begin(), kept.end(), fd)) {
      open.push_back(fd);
    }
  }
  ::closedir(folder);
  for (const int fd : open) ::close(fd);
  return {};
}

}  // namespace

Result<void> close_all_but(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned from = 3;
  bool closed = true;
  for (const int fd : kept) {
    if (fd < 3) continue;
    const auto keep = static_cast<unsigned>(fd);
    if (keep > from) closed = closed && ::close_range(from, keep - 1, 0) == 0;
    from = keep + 1;
  }
  closed = closed && ::close_range(from, ~0U, 0) == 0;
  return closed ? Result<void>{} : close_one_by_one(kept);
}

namespace {

// The strings too, not the list alone: they are what the parent was started with, and /proc/PID/environ shows them.
void forget_environment() {
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    ::explicit_bzero(*entry, std::strlen(*entry));
  }
  ::clearenv();  // NOLINT(concurrency-mt-unsafe): one thread, right after fork
}

}  // namespace

// The limit alone would not do: a core that is piped to a program ignores it, and a program that is executed forgets
// that it is not dumpable.
void keep_memory_private() {
  limit(RLIMIT_CORE, 0);
  ::prctl(PR_SET_DUMPABLE, 0);
}

Result<void> become(const Account& account, const ProcessLimits& limits) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  forget_environment();
  ::setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);  // NOLINT(concurrency-mt-unsafe)
  ::umask(077);
  limit(RLIMIT_NOFILE, limits.open_files);
  if (limits.address_space_bytes > 0) limit(RLIMIT_AS, limits.address_space_bytes);
  if (::geteuid() == 0) {
    if (auto dropped = drop_identity(account); !dropped) return dropped;
    if (auto verified = verify_identity(account); !verified) return verified;
    // setuid cleared it, and a parent that died meanwhile will not be noticed otherwise
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  }
  keep_memory_private();  // after the change of user, which takes the second half of it back
  if (limits.new_privileges == NewPrivileges::by_programs) return {};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail(errno_error("no_new_privs"));
  return {};
}

}  // namespace muster::sandbox
