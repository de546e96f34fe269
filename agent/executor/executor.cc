// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/executor/executor.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/executor/watch_log.h"
#include "agent/host/rows_writer.h"
#include "agent/ipc/arguments.h"
#include "agent/ipc/channel.h"
#include "agent/ipc/watch_order.h"
#include "agent/sandbox/privileges.h"
#include "core/base/fd.h"
#include "core/base/log.h"

namespace muster::executor {
namespace {

using agent::Asker;
using agent::Permission;
using sandbox::Account;

void default_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGCHLD}) ::signal(number, SIG_DFL);
  ::signal(SIGPIPE, SIG_IGN);
}

std::vector<std::string> group_names(const Account& account) {
  std::vector<std::string> names;
  for (const gid_t gid : account.groups) {
    std::vector<char> buffer(65536);
    group entry{};
    group* found = nullptr;
    ::getgrgid_r(gid, &entry, buffer.data(), buffer.size(), &found);
    if (found != nullptr) names.emplace_back(entry.gr_name);
  }
  return names;
}

Result<Asker> asker_of(const ipc::Caller& caller) {
  Asker asker;
  asker.certificate = caller.kind == ipc::Caller::Kind::certificate;
  asker.name = caller.name;
  if (asker.certificate) {
    asker.subject = caller.proof;
    return asker;
  }
  const auto account = sandbox::account_with_groups(caller.name);
  if (!account) return fail(Errc::denied, "user " + caller.name + ": is no account of this host");
  asker.groups = group_names(*account);
  return asker;
}

Result<Account> account_to_act_as(const Setup& setup) {
  const auto asker = asker_of(setup.order.caller);
  if (!asker) return fail(asker.error());
  const auto permission = agent::decide(setup.grants, *asker, setup.action.needs);
  if (!permission) return fail(permission.error());
  auto account = sandbox::account_with_groups(permission->account);
  if (!account) return fail(Errc::denied, permission->account + ": is no account of this host");
  if (auto fine = agent::check_account(*permission, account->uid); !fine) return fail(fine.error());
  if (::geteuid() != 0 && account->uid != ::geteuid()) {
    return fail(Errc::denied, account->name + ": an agent without root acts as its own account alone");
  }
  return account;
}

bool say(int control, char kind, std::string_view words) {
  std::string message(1, kind);
  message.append(words.substr(0, kMaxMessage - 1));
  return ::send(control, message.data(), message.size(), MSG_NOSIGNAL) >= 0;
}

bool wait_for_word(int control) {
  pollfd wait{control, POLLIN, 0};
  char word = 0;
  while (::poll(&wait, 1, -1) < 0) {
  }
  return ::recv(control, &word, 1, 0) == 1;
}

Result<void> become(const Account& account, const cim::Invocation& call) {
  sandbox::ProcessLimits limits;
  if (wants_sudo(call)) limits.new_privileges = sandbox::NewPrivileges::by_programs;
  if (auto dropped = sandbox::become(account, limits); !dropped) return dropped;
  const std::pair<const char*, std::string> environment[] = {
      {"HOME", account.home},
      {"USER", account.name},
      {"LOGNAME", account.name},
      {"LANG", "C.UTF-8"},
      {"SHELL", account.shell.empty() ? "/bin/sh" : account.shell}};
  for (const auto& [name, value] : environment) {
    ::setenv(name, value.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
  }
  if (::chdir("/") != 0) return fail(Errc::internal, "/: cannot be entered");
  return {};
}

// Why the front does not want the answer any more; empty while it does.
std::string_view reason_to_leave(ipc::Channel& front) {
  constexpr std::string_view kNobody = "nobody waits for the answer any more";
  const auto arrival = front.receive();
  if (!arrival) return kNobody;
  const auto& word = *arrival;
  if (!word) return {};
  const ipc::Frame& frame = word->frame;
  if (frame.tag != ipc::Tag::leave || frame.fields.size() != 1) return kNobody;
  if (frame.fields[0] == ipc::kClientGone) return "the client is gone";
  return frame.fields[0] == ipc::kTimeOver ? "its time was over" : kNobody;
}

// Whether the front has all of it.
bool deliver(ipc::Channel& channel, const Result<Outcome>& outcome) {
  agent::RowsWriter rows(0, [&](const ipc::Frame& frame) {
    auto sent = channel.send(frame);
    return sent ? channel.flush_and_wait() : sent;
  });
  if (!outcome) return rows.finish(fail(outcome.error())).has_value();
  std::vector<std::string> list;
  ipc::append_arguments(list, outcome->answer);
  for (const auto& each : list) rows.add(each);
  return rows.finish({}).has_value();
}

std::string words_of(const Result<Outcome>& outcome, std::string_view undelivered) {
  if (!undelivered.empty() && !outcome && outcome.error().code == Errc::unreachable) {
    return std::string("was ended: ").append(undelivered);
  }
  std::string words = outcome ? outcome->words : "failed: " + outcome.error().what;
  if (!undelivered.empty()) words.append("; not delivered: ").append(undelivered);
  return words;
}

void carry_out(Setup& setup, const Account& account) {
  const int control = setup.control.get();
  auto folder = make_account_folder(setup.state_folder, account.uid, account.gid);
  const auto become_it = folder ? become(account, setup.order.call) : Result<void>(fail(folder.error()));
  ipc::Channel front(std::move(setup.front), ipc::Party::executor, ipc::Party::front, ipc::State::serving);
  Result<Outcome> outcome = fail(Errc::internal, "not begun");
  if (!become_it) {
    outcome = fail(become_it.error());
    log::error("executor", become_it.error());
  } else if (const auto left = reason_to_leave(front); !left.empty()) {
    return static_cast<void>(say(control, 'o', std::string("was not begun: ").append(left)));
  } else {
    const Surroundings surroundings{*folder, std::chrono::steady_clock::now() + setup.order.deadline,
                                    setup.order.answer_octets, front.fd()};
    outcome = setup.action.act(setup.order.call, surroundings);
  }
  std::string_view undelivered = reason_to_leave(front);
  if (undelivered.empty() && !deliver(front, outcome)) undelivered = "nobody waited for the answer";
  if (!undelivered.empty() && outcome && outcome->undo) outcome->undo();
  say(control, 'o', words_of(outcome, undelivered));
}

// What stays is the first to go when memory runs out. Where that cannot be said, it is not.
void be_expendable() {
  const Fd file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (file) static_cast<void>(write_all(file.get(), "oom_score_adj", "1000").has_value());
}

// Says so when it comes to its end; the number of events is told as it grows, so that a kill does not lose it.
void watch(Setup& setup, const Account& account) {
  const int control = setup.control.get();
  ipc::Channel front(std::move(setup.front), ipc::Party::executor, ipc::Party::front, ipc::State::serving);
  const auto order = ipc::parse_watch(setup.order.call);
  auto folder = make_account_folder(setup.state_folder, account.uid, account.gid);
  Result<void> done = order ? Result<void>{} : fail(order.error());
  if (done && !folder) done = fail(folder.error());
  be_expendable();
  if (done) done = become(account, setup.order.call);
  std::string events = "0 events";
  if (done) {
    done = watch_log(*order, *folder, front, [&](std::size_t taken) {
      events = std::to_string(taken) + " events";
      say(control, 'o', events);
    });
  }
  if (done) return static_cast<void>(say(control, 'o', events));
  say(control, 'o', events + "; failed: " + done.error().what);
  static_cast<void>(front.send(agent::done_frame(0, done)).has_value());  // the front may be gone
}

}  // namespace

Result<std::string> make_account_folder(const std::string& state_folder, unsigned uid, unsigned gid) {
  const std::string above = state_folder + "/accounts";
  const std::string path = above + "/" + std::to_string(uid);
  if (auto made = make_folders(above, 0711); !made) return fail(made.error());
  if (::geteuid() == 0 && ::chmod(above.c_str(), 0711) != 0) {  // whatever the umask
    return fail(errno_error(above));
  }
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return fail(errno_error(path));
  struct stat state {};
  if (::lstat(path.c_str(), &state) != 0) return fail(errno_error(path));
  // Only root can put anything here: what is not ours to give away was put here by an administrator.
  if (!S_ISDIR(state.st_mode)) return fail(Errc::internal, path + ": is not a folder");
  if (state.st_uid != uid && ::lchown(path.c_str(), uid, gid) != 0) return fail(errno_error(path));
  return path;
}

void run_executor(Setup setup) noexcept {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setsid();
  default_signals();
  const auto closed = sandbox::close_all_but({setup.control.get(), setup.front.get()});
  if (!closed) ::_exit(1);
  const auto account = account_to_act_as(setup);
  if (!account) {
    say(setup.control.get(), 'd', account.error().what);
    ::_exit(0);
  }
  if (!say(setup.control.get(), 'a', account->name) || !wait_for_word(setup.control.get())) ::_exit(1);
  setup.action.act == nullptr ? watch(setup, *account) : carry_out(setup, *account);
  ::_exit(0);
}

}  // namespace muster::executor
