// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/monitor.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>
#include <vector>

#include <malloc.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/monitor/account_files.h"
#include "agent/monitor/front_desk.h"
#include "agent/monitor/notify.h"
#include "agent/monitor/workers.h"
#include "agent/sandbox/code_pages.h"
#include "agent/sandbox/privileges.h"
#include "agent/settings.h"
#include "core/base/log.h"

namespace muster::agent {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kGoodbye = 8s;  // for the front to finish its requests
constexpr auto kLook = 10s;    // how often the children's CPU time is read

Result<Fd> signal_descriptor() {
  sigset_t wanted;
  ::sigemptyset(&wanted);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) ::sigaddset(&wanted, number);
  errno = ::pthread_sigmask(SIG_BLOCK, &wanted, nullptr);  // which returns what it means
  if (errno != 0) return fail(errno_error("pthread_sigmask"));
  Fd fd(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) return fail(errno_error("signalfd"));
  return fd;
}

class Monitor {
 public:
  Monitor(Config config, std::function<Result<Config>()> reread, std::function<void()> ready)
      : config_(std::move(config)),
        reread_(std::move(reread)),
        ready_(std::move(ready)),
        workers_(config_),
        desk_(config_, workers_, [this] { front_serves(); }) {}

  Result<void> prepare() {
    if (auto prepared = workers_.prepare(); !prepared) return prepared;
    auto signals = signal_descriptor();
    if (!signals) return fail(signals.error());
    signals_ = std::move(*signals);
    return {};
  }

  Result<void> run() {
    while (!ending_ || front_.running()) {
      if (auto started = start_what_is_due(); !started) log::error("monitor", started.error());
      if (auto waited = wait_and_serve(); !waited) return waited;
    }
    return {};
  }

 private:
  Result<void> start_what_is_due() {
    if (ending_) return {};
    const auto now = Clock::now();
    if (!front_.running()) return front_.may_start_at() <= now ? start_both() : Result<void>{};
    if (!host_.running() && host_.may_start_at() <= now) return replace_host();
    if (courier_is_due() && courier_.may_start_at() <= now) return start_courier();
    return {};
  }

  bool courier_is_due() const { return desk_.wants_courier() && desk_.serves(); }

  Result<void> start_both() {
    auto ours = workers_.start_both();
    if (!ours) return fail(ours.error());
    desk_.open(std::move(*ours));
    return {};
  }

  Result<void> replace_host() {
    auto host_end = workers_.start_host();
    if (!host_end) return fail(host_end.error());
    desk_.hand_host(std::move(*host_end));
    return {};
  }

  // A channel that could not be made is asked for again.
  Result<void> start_courier() {
    auto end = workers_.start_courier();
    if (!end) return fail(std::move(end.error()).during("courier"));
    desk_.hand_courier(*end);
    return {};
  }

  Result<void> wait_and_serve() {
    std::vector<pollfd> wait{{signals_.get(), POLLIN, 0}};
    desk_.append_descriptors(wait);
    if (::poll(wait.data(), wait.size(), wait_milliseconds()) < 0 && errno != EINTR) {
      return fail(errno_error("poll"));
    }
    take_signals();
    desk_.work();
    if (ending_ && Clock::now() >= kill_at_) front_.signal(SIGKILL);
    if (!ending_ && Clock::now() >= look_at_) look_around();
    return {};
  }

  void look_around() {
    look_at_ = Clock::now() + kLook;
    if (const AccountStamp now = stamp_of(); std::exchange(accounts_, now) != now) {
      desk_.look_again_who_may_watch();
    }
    workers_.end_runaways(Clock::now());
  }

  int wait_milliseconds() const {
    auto until = ending_ ? kill_at_ : look_at_;
    if (!ending_ && !front_.running()) until = std::min(until, front_.may_start_at());
    if (!ending_ && front_.running() && !host_.running()) until = std::min(until, host_.may_start_at());
    if (!ending_ && courier_is_due()) until = std::min(until, courier_.may_start_at());
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    const int own = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
    const int desk = desk_.wait_milliseconds();
    return desk < 0 ? own : std::min(own, desk);
  }

  void take_signals() {
    signalfd_siginfo arrived{};
    while (::read(signals_.get(), &arrived, sizeof arrived) == static_cast<ssize_t>(sizeof arrived)) {
      if (arrived.ssi_signo == SIGCHLD) reap();
      if (arrived.ssi_signo == SIGHUP) reload();
      if (arrived.ssi_signo == SIGTERM || arrived.ssi_signo == SIGINT) end();
    }
  }

  void reap() {
    for (Child* child : {&front_, &host_, &courier_}) {
      child->reap_abandoned();
      int status = 0;
      if (!child->running() || ::waitpid(child->pid(), &status, WNOHANG) <= 0) continue;
      if (ending_) {
        child->forget();
        continue;
      }
      child->ended(status);
      if (child == &front_) front_ended();
    }
  }

  void front_ended() {
    desk_.close();
    courier_.abandon();
  }

  void front_serves() {
    if (auto first = std::exchange(ready_, nullptr)) first();
    ::malloc_trim(0);
    sandbox::release_code_pages();  // from here on there is next to nothing to do
  }

  void end() {
    if (ending_) return;
    notify_systemd("STOPPING=1");
    log::info("monitor", "ending");
    ending_ = true;
    kill_at_ = Clock::now() + kGoodbye;
    front_.signal(SIGTERM);
  }

  void reload() {
    if (auto read = workers_.reload_identity(); !read) {
      log::error("monitor", std::move(read.error()).during("reload"));
    } else {
      desk_.hand_identity();
      courier_.abandon();  // the front asks for another one, which gets the new certificate
    }
    reload_config();
  }

  void reload_config() {
    auto fresh = reread_();
    if (!fresh) {
      log::error("monitor", std::move(fresh.error()).during("reload: the earlier configuration stays"));
      return;
    }
    for (const auto& key : keep_what_is_fixed(*fresh, config_)) {
      log::warning("monitor", "reload: " + key + " has changed; it needs: systemctl restart muster-agent");
    }
    const bool other_host =
        fresh->certificate_files != config_.certificate_files || fresh->log_level != config_.log_level;
    const bool other_grants = fresh->grants != config_.grants;
    config_ = std::move(*fresh);
    log::threshold(config_.log_level);
    desk_.follow_config();
    if (other_grants) desk_.look_again_who_may_watch();
    workers_.follow_config();
    desk_.hand_settings();
    if (other_host) host_.abandon();  // a fresh one reads them at its start
    log::notice("monitor", "reload: the configuration was read again");
  }

  Config config_;
  std::function<Result<Config>()> reread_;
  std::function<void()> ready_;
  Workers workers_;
  Child& front_ = workers_.front();
  Child& host_ = workers_.host();
  Child& courier_ = workers_.courier();
  FrontDesk desk_;
  Fd signals_;
  bool ending_ = false;
  Clock::time_point kill_at_{};
  Clock::time_point look_at_{};
  AccountStamp accounts_ = stamp_of();
};

}  // namespace

Result<void> run_monitor(Config config, std::function<Result<Config>()> reread, std::function<void()> ready) {
  sandbox::keep_memory_private();  // and that of its PAM children, which inherit it
  Monitor monitor(std::move(config), std::move(reread), std::move(ready));
  if (auto prepared = monitor.prepare(); !prepared) return prepared;
  return monitor.run();
}

}  // namespace muster::agent
