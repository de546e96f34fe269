// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/sandbox/system_calls.h"

#include <algorithm>
#include <csignal>

#include <fcntl.h>
#include <linux/netlink.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

namespace muster::sandbox {
namespace {

constexpr Condition masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, Compare::masked_equal, mask, value};
}

constexpr CallRule allow_if(int call, Condition when) {
  return {call, Verdict::allowed, when};
}

// Memory, but never executable memory.
constexpr Condition kNotExecutable = masked(2, PROT_EXEC, 0);
// Whoever could change the handler of SIGSYS could hide what it tries (breach.h).
constexpr Condition kNotOurSignal{0, Compare::not_equal, 0, SIGSYS};
// The kernel's own answers (addresses of interfaces) and programs on this machine, never the network.
constexpr std::uint64_t kInt = 0xffffffff;
constexpr Condition kToTheKernel = masked(0, kInt, AF_NETLINK);
constexpr Condition kRoutes = masked(2, kInt, NETLINK_ROUTE);
constexpr Condition kOnThisMachine = masked(0, kInt, AF_UNIX);
constexpr Condition kOfTheSocket = masked(1, kInt, SOL_SOCKET);
constexpr Condition kWaitingTime = masked(2, kInt, SO_RCVTIMEO);
constexpr Condition kReadOnly = masked(2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY);

// accept() and ioctl(FIONBIO) are Asio's way of accepting.
constexpr CallRule kFront[] = {
    {SCMP_SYS(read)},
    {SCMP_SYS(write)},
    {SCMP_SYS(readv)},
    {SCMP_SYS(writev)},
    {SCMP_SYS(close)},
    {SCMP_SYS(accept)},
    {SCMP_SYS(accept4)},
    {SCMP_SYS(recvfrom)},
    {SCMP_SYS(recvmsg)},
    {SCMP_SYS(sendto)},
    {SCMP_SYS(sendmsg)},
    {SCMP_SYS(shutdown)},
    {SCMP_SYS(setsockopt)},
    {SCMP_SYS(getsockopt)},
    {SCMP_SYS(getsockname)},
    {SCMP_SYS(getpeername)},
    allow_if(SCMP_SYS(ioctl), {1, Compare::masked_equal, 0xffffffff, FIONBIO}),
    {SCMP_SYS(epoll_wait)},
    {SCMP_SYS(epoll_pwait)},
    {SCMP_SYS(epoll_ctl)},
    {SCMP_SYS(poll)},
    {SCMP_SYS(timerfd_settime)},
    {SCMP_SYS(timerfd_gettime)},
    {SCMP_SYS(clock_gettime)},
    {SCMP_SYS(gettimeofday)},
    {SCMP_SYS(getrandom)},
    {SCMP_SYS(getpid)},
    {SCMP_SYS(gettid)},
    {SCMP_SYS(brk)},
    allow_if(SCMP_SYS(mmap), kNotExecutable),
    allow_if(SCMP_SYS(mprotect), kNotExecutable),
    {SCMP_SYS(munmap)},
    {SCMP_SYS(mremap)},
    {SCMP_SYS(madvise)},
    {SCMP_SYS(mlock)},
    {SCMP_SYS(munlock)},
    {SCMP_SYS(futex)},
    {SCMP_SYS(fcntl)},
    {SCMP_SYS(fstat)},
    {SCMP_SYS(newfstatat)},
    {SCMP_SYS(rt_sigreturn)},
    {SCMP_SYS(rt_sigprocmask)},
    allow_if(SCMP_SYS(rt_sigaction), kNotOurSignal),
    {SCMP_SYS(restart_syscall)},
    {SCMP_SYS(exit)},
    {SCMP_SYS(exit_group)},
    {SCMP_SYS(sched_yield)},
    {SCMP_SYS(tgkill)},
    // glibc's resolver, clock and locale code may probe for files.
    {SCMP_SYS(openat), Verdict::refused},
};

constexpr CallRule kProviders[] = {
    // files, for reading
    allow_if(SCMP_SYS(openat), kReadOnly),
    {SCMP_SYS(openat), Verdict::refused},
    // Stays within one file system, for files that others name. Its flags are out of the filter's sight: Landlock and
    // the account see to it that nothing is written.
    {SCMP_SYS(openat2)},
    {SCMP_SYS(read)},
    {SCMP_SYS(pread64)},
    {SCMP_SYS(lseek)},
    {SCMP_SYS(close)},
    {SCMP_SYS(getdents64)},
    {SCMP_SYS(readlink)},
    {SCMP_SYS(readlinkat)},
    {SCMP_SYS(fstat)},
    {SCMP_SYS(newfstatat)},
    {SCMP_SYS(statx)},
    {SCMP_SYS(access)},
    {SCMP_SYS(faccessat)},
    {SCMP_SYS(faccessat2)},
    {SCMP_SYS(statfs)},
    {SCMP_SYS(fstatfs)},
    // the machine and this process
    {SCMP_SYS(uname)},
    {SCMP_SYS(sysinfo)},
    {SCMP_SYS(sched_getaffinity)},
    {SCMP_SYS(getpid)},
    {SCMP_SYS(gettid)},
    {SCMP_SYS(getuid)},
    {SCMP_SYS(geteuid)},
    {SCMP_SYS(getgid)},
    {SCMP_SYS(getegid)},
    {SCMP_SYS(clock_gettime)},
    {SCMP_SYS(gettimeofday)},
    {SCMP_SYS(getrandom)},
    // the channel to the front, and the log
    {SCMP_SYS(recvmsg)},
    {SCMP_SYS(sendmsg)},
    {SCMP_SYS(setsockopt), Verdict::allowed, kOfTheSocket, kWaitingTime},
    {SCMP_SYS(poll)},
    {SCMP_SYS(ppoll)},
    {SCMP_SYS(fcntl)},
    {SCMP_SYS(write)},
    // memory, signals, the end
    {SCMP_SYS(brk)},
    allow_if(SCMP_SYS(mmap), kNotExecutable),
    allow_if(SCMP_SYS(mprotect), kNotExecutable),
    {SCMP_SYS(munmap)},
    {SCMP_SYS(mremap)},
    {SCMP_SYS(madvise)},
    {SCMP_SYS(mlock)},
    {SCMP_SYS(munlock)},
    {SCMP_SYS(futex)},
    {SCMP_SYS(sched_yield)},
    {SCMP_SYS(rt_sigreturn)},
    {SCMP_SYS(rt_sigprocmask)},
    allow_if(SCMP_SYS(rt_sigaction), kNotOurSignal),
    {SCMP_SYS(restart_syscall)},
    {SCMP_SYS(tgkill)},
    {SCMP_SYS(exit)},
    {SCMP_SYS(exit_group)},
    // LinuxHost's questions to the kernel and to local sockets
    {SCMP_SYS(socket), Verdict::allowed, kToTheKernel, kRoutes},
    allow_if(SCMP_SYS(socket), kOnThisMachine),
    {SCMP_SYS(socket), Verdict::refused},
    {SCMP_SYS(bind)},
    {SCMP_SYS(connect)},
    {SCMP_SYS(getsockname)},
    {SCMP_SYS(sendto)},
    {SCMP_SYS(recvfrom)},
    {SCMP_SYS(adjtimex)},  // without privileges it only reads
    {SCMP_SYS(clock_adjtime)},
    // No provider of ours has a reason for these: whoever makes them has taken the process over.
    {SCMP_SYS(execve), Verdict::ends},
    {SCMP_SYS(execveat), Verdict::ends},
    {SCMP_SYS(fork), Verdict::ends},
    {SCMP_SYS(vfork), Verdict::ends},
    {SCMP_SYS(clone), Verdict::ends},
    {SCMP_SYS(clone3), Verdict::ends},
    {SCMP_SYS(ptrace), Verdict::ends},
    {SCMP_SYS(process_vm_readv), Verdict::ends},
    {SCMP_SYS(process_vm_writev), Verdict::ends},
    {SCMP_SYS(kill), Verdict::ends},
    {SCMP_SYS(listen), Verdict::ends},
    {SCMP_SYS(setuid), Verdict::ends},
    {SCMP_SYS(setgid), Verdict::ends},
    {SCMP_SYS(setresuid), Verdict::ends},
    {SCMP_SYS(setresgid), Verdict::ends},
    {SCMP_SYS(unshare), Verdict::ends},
    {SCMP_SYS(setns), Verdict::ends},
    {SCMP_SYS(mount), Verdict::ends},
    {SCMP_SYS(chroot), Verdict::ends},
    {SCMP_SYS(bpf), Verdict::ends},
    {SCMP_SYS(io_uring_setup), Verdict::ends},
    {SCMP_SYS(userfaultfd), Verdict::ends},
    {SCMP_SYS(perf_event_open), Verdict::ends},
    {SCMP_SYS(keyctl), Verdict::ends},
};

// An unknown call of a provider is more likely a newer libc than an intruder: it fails as on a kernel without it.
constexpr CallTable kTables[] = {
    {kFront, Verdict::ends},
    {kProviders, Verdict::refused},
};

const CallRule* rule_against(const CallTable& table, int call) {
  const auto found = std::find_if(table.rules.begin(), table.rules.end(), [&](const CallRule& rule) {
    return rule.call == call && rule.verdict != Verdict::allowed;
  });
  return found == table.rules.end() ? nullptr : &*found;
}

}  // namespace

const CallTable& calls_of(Process process) {
  return kTables[static_cast<std::size_t>(process)];
}

Verdict verdict_on(const CallTable& table, int call) {
  const CallRule* rule = rule_against(table, call);
  return rule == nullptr ? table.otherwise : rule->verdict;
}

bool is_expected(const CallTable& table, int call) {
  return rule_against(table, call) != nullptr;
}

}  // namespace muster::sandbox
