// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/sandbox/breach.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/log.h"

namespace muster::sandbox {
namespace {

constexpr int kCalls = 1024;   // numbers beyond it end the process
constexpr int kBySeccomp = 1;  // SYS_SECCOMP of <asm/siginfo.h>, which cannot stand beside <csignal>
constexpr char kFresh = 1;
constexpr char kTold = 2;

// All that the handler may touch: plain words, written before the filter is loaded or by the handler alone.
constinit const CallTable* table_of_this_process = nullptr;
constinit volatile int* last_call = nullptr;
constinit std::array<volatile char, kCalls> refused{};
constinit volatile std::sig_atomic_t refused_afresh = 0;  // so that nobody looks through all of them in vain

// The call's result as its caller sees it; false where we do not know the machine's registers.
bool set_result(ucontext_t* context, int error) {
#if defined(__x86_64__)
  context->uc_mcontext.gregs[REG_RAX] = -error;
  return true;
#elif defined(__aarch64__)
  context->uc_mcontext.regs[0] = static_cast<unsigned long long>(-static_cast<long long>(error));
  return true;
#else
  static_cast<void>(context);
  static_cast<void>(error);
  return false;
#endif
}

// SIGSYS is blocked while its handler runs, and a SIGSYS that the kernel forces on a process that blocks it kills: one
// more call that no table allows does that.
[[noreturn]] void end_over(int call) {
  if (last_call != nullptr) *last_call = call;
  ::syscall(SYS_rt_sigaction, SIGSYS, nullptr, nullptr, sizeof(long));
  ::_exit(1);
}

void on_breach(int /*signal*/, siginfo_t* info, void* context) {
  const int call = info->si_syscall;
  const CallTable* table = table_of_this_process;
  const bool known = info->si_code == kBySeccomp && call >= 0 && call < kCalls;
  if (!known || verdict_on(*table, call) == Verdict::ends) end_over(call);
  const int error = is_expected(*table, call) ? EACCES : ENOSYS;
  if (!set_result(static_cast<ucontext_t*>(context), error)) end_over(call);
  auto& state = refused[static_cast<std::size_t>(call)];
  if (state != 0) return;
  state = kFresh;
  refused_afresh = 1;
}

}  // namespace

void LastCall::Unmap::operator()(volatile int* word) const {
  ::munmap(const_cast<int*>(word), sizeof *word);
}

Result<LastCall> LastCall::shared() {
  void* page = ::mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return fail(errno_error("mmap"));
  LastCall made;
  made.word_.reset(static_cast<int*>(page));
  *made.word_ = -1;
  return made;
}

void LastCall::leave_here() const {
  last_call = word_.get();
}

int LastCall::number() const {
  return word_ ? *word_ : -1;
}

Result<void> handle_breaches(const CallTable& table) {
  table_of_this_process = &table;
  struct sigaction action {};
  action.sa_sigaction = &on_breach;
  action.sa_flags = SA_SIGINFO;
  ::sigemptyset(&action.sa_mask);
  sigset_t ours;
  ::sigemptyset(&ours);
  ::sigaddset(&ours, SIGSYS);
  if (::sigaction(SIGSYS, &action, nullptr) != 0 || ::pthread_sigmask(SIG_UNBLOCK, &ours, nullptr) != 0) {
    return fail(errno_error("SIGSYS"));
  }
  return {};
}

void log_refused_calls(std::string_view component) {
  if (refused_afresh == 0) return;
  refused_afresh = 0;  // before the walk: what is refused during it is found by the next
  for (int call = 0; call < kCalls; ++call) {
    auto& state = refused[static_cast<std::size_t>(call)];
    if (state != kFresh) continue;
    state = kTold;
    const std::string text = "system call " + call_text(call) + " was refused";
    if (is_expected(*table_of_this_process, call)) {
      log::info(component, text + ", as its table says");
    } else {
      log::warning(component, text + ": nothing here is known to need it; please report this line");
    }
  }
}

std::string call_text(int call) {
  using Name = std::unique_ptr<char, decltype(&std::free)>;
  const Name name(::seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, call), &std::free);
  return (name ? std::string(name.get()) : std::string("unknown")) + " (" + std::to_string(call) + ")";
}

}  // namespace muster::sandbox
