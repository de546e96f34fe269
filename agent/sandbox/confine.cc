// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/sandbox/confine.h"

#include <cerrno>

#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/unique_handle.h"

namespace muster::sandbox {
namespace {

#if defined(__has_feature)  // clang has no macro for it
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// Every file access right that ABI 1 (Linux 5.13) knows; newer kernels accept this set too.
constexpr __u64 kAllFileAccess = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

Result<bool> forbid_files() {
  const landlock_ruleset_attr nothing{.handled_access_fs = kAllFileAccess};
  const Fd ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &nothing, sizeof nothing, 0)));
  if (!ruleset && (errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM)) return false;
  if (!ruleset) return fail(errno_error("landlock"));
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) return fail(errno_error("landlock"));
  return true;
}

// Source: strace of the front serving keep-alive and new connections, plus what glibc's allocator and the
// orderly exit need. accept() and ioctl(FIONBIO) are Asio's way of accepting.
constexpr int kAllowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(shutdown),
    SCMP_SYS(setsockopt),
    SCMP_SYS(getsockopt),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(poll),
    SCMP_SYS(timerfd_settime),
    SCMP_SYS(timerfd_gettime),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(mlock),
    SCMP_SYS(munlock),
    SCMP_SYS(futex),
    SCMP_SYS(fcntl),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(sched_yield),
    SCMP_SYS(tgkill),
};

using Filter = UniqueHandle<void, &seccomp_release>;

bool add_rules(scmp_filter_ctx filter) {
  bool ok = true;
  for (const int call : kAllowed) ok = ok && ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
  // Memory, but never executable memory.
  ok = ok && ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                                SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
  ok = ok && ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                                SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
  ok = ok &&
       ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, FIONBIO)) == 0;
  // glibc's resolver and locale code may probe for files: told no, not killed.
  ok = ok && ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 0) == 0;
  return ok;
}

Result<void> filter_system_calls() {
  const Filter filter(::seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (!filter || !add_rules(filter.get()))
    return fail(Errc::internal, "seccomp: the filter could not be made");
  if (::seccomp_load(filter.get()) != 0)
    return fail(Errc::internal, "seccomp: the kernel refused the filter");
  return {};
}

}  // namespace

Result<Confinement> confine_front() {
  if (kSanitized) return Confinement::off;
  const auto landlocked = forbid_files();
  if (!landlocked) return fail(landlocked.error());
  if (auto filtered = filter_system_calls(); !filtered) return fail(filtered.error());
  return *landlocked ? Confinement::full : Confinement::without_landlock;
}

std::string_view to_string(Confinement confinement) {
  switch (confinement) {
    case Confinement::full: return "seccomp and Landlock";
    case Confinement::without_landlock: return "seccomp (this kernel has no Landlock)";
    case Confinement::off: return "off (built with a sanitizer)";
  }
  return "off";
}

}  // namespace muster::sandbox
