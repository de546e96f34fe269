// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/monitor.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <utility>
#include <vector>

#include <malloc.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/auth/principal.h"
#include "agent/ipc/channel.h"
#include "agent/monitor/auth_queue.h"
#include "agent/monitor/notify.h"
#include "agent/monitor/workers.h"
#include "agent/sandbox/code_pages.h"
#include "agent/sandbox/privileges.h"
#include "core/base/log.h"

namespace muster::agent {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kGoodbye = 8s;  // for the front to finish its requests

Result<Fd> signal_descriptor() {
  sigset_t wanted;
  ::sigemptyset(&wanted);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) ::sigaddset(&wanted, number);
  if (::sigprocmask(SIG_BLOCK, &wanted, nullptr) != 0) return fail(errno_error("sigprocmask"));
  Fd fd(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) return fail(errno_error("signalfd"));
  return fd;
}

class Monitor {
 public:
  Monitor(const Config& config, std::function<void()> ready)
      : workers_(config),
        ready_(std::move(ready)),
        auth_(
            {config.pam_service, config.basic_allow_root},
            [this](std::uint64_t id, bool accepted, const std::string& user) { tell(id, accepted, user); }) {}

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
    if (!host_child_.running() && host_child_.may_start_at() <= now) return replace_host();
    return {};
  }

  Result<void> start_both() {
    auto ours = workers_.start_both();
    if (!ours) return fail(ours.error());
    identity_unsent_ = false;
    channel_.emplace(std::move(*ours), ipc::Party::monitor, ipc::Party::front, ipc::State::starting);
    host_end_for_later_.reset();
    return {};
  }

  Result<void> replace_host() {
    auto host_end = workers_.start_host();
    if (!host_end) return fail(host_end.error());
    host_end_for_later_ = std::move(*host_end);
    hand_over_host();
    return {};
  }

  // The front can take a fresh provider host only while it serves.
  void hand_over_host() {
    if (!host_end_for_later_ || !front_serves_) return;
    send({ipc::Tag::providers, 0, {}}, host_end_for_later_.get());
    host_end_for_later_.reset();
  }

  Result<void> wait_and_serve() {
    std::vector<pollfd> wait{{signals_.get(), POLLIN, 0}};
    if (channel_)
      wait.push_back({channel_->fd(), static_cast<short>(channel_->queued() ? POLLIN | POLLOUT : POLLIN), 0});
    auth_.append_descriptors(wait);
    if (::poll(wait.data(), wait.size(), wait_milliseconds()) < 0 && errno != EINTR)
      return fail(errno_error("poll"));
    take_signals();
    if (channel_) serve_front();
    auth_.collect();
    if (ending_ && Clock::now() >= kill_at_) front_.signal(SIGKILL);
    return {};
  }

  int wait_milliseconds() const {
    auto until = Clock::time_point::max();
    if (ending_) until = kill_at_;
    if (!ending_ && !front_.running()) until = std::min(until, front_.may_start_at());
    if (!ending_ && front_.running() && !host_child_.running())
      until = std::min(until, host_child_.may_start_at());
    const int auth = auth_.wait_milliseconds();
    if (until == Clock::time_point::max()) return auth;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    const int own = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
    return auth < 0 ? own : std::min(auth, own);
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
    int status = 0;
    front_.reap_abandoned();
    host_child_.reap_abandoned();
    if (ending_) return reap_quietly();
    if (front_.running() && ::waitpid(front_.pid(), &status, WNOHANG) > 0) front_ended(status);
    if (host_child_.running() && ::waitpid(host_child_.pid(), &status, WNOHANG) > 0)
      host_child_.ended(status);
  }

  void reap_quietly() {
    for (Child* child : {&front_, &host_child_}) {
      int status = 0;
      if (child->running() && ::waitpid(child->pid(), &status, WNOHANG) > 0) child->forget();
    }
  }

  void front_ended(int status) {
    front_.ended(status);
    front_serves_ = false;
    channel_.reset();
    auth_.clear();
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
    if (auto read = workers_.reload_identity(); !read)
      return log::error("monitor", std::move(read.error()).during("reload"));
    send_identity();
  }

  // A front that is still starting has the old one: it gets the new one when it is ready.
  void send_identity() {
    identity_unsent_ = !front_serves_;
    if (!front_serves_) return;
    const auto& identity = workers_.identity();
    ipc::Frame frame{ipc::Tag::identity, 0, {std::string(identity.key.reveal()), identity.bundle}};
    send(frame);
    wipe(frame.fields[0]);
  }

  void serve_front() {
    static_cast<void>(channel_->flush().has_value());  // a dead front shows as SIGCHLD
    while (channel_) {
      auto arrival = channel_->receive();
      if (!arrival) {
        if (arrival.error().code != Errc::unreachable)
          log::error("monitor", std::move(arrival.error()).during("front"));
        front_.signal(SIGKILL);  // whoever breaks the protocol is not ours any more
        channel_.reset();
        return;
      }
      if (!*arrival) return;
      take((*arrival)->frame);
    }
  }

  void take(ipc::Frame& frame) {
    switch (frame.tag) {
      case ipc::Tag::ready: return front_is_ready();
      case ipc::Tag::stuck: return host_child_.abandon();
      case ipc::Tag::authenticate: {
        if (frame.fields.size() != 3) return front_.signal(SIGKILL);
        auth::Attempt attempt{std::move(frame.fields[0]), Secret(frame.fields[1]),
                              std::move(frame.fields[2])};
        wipe(frame.fields[1]);
        return auth_.add(std::move(attempt), frame.id);
      }
      default: return;  // the table lets nothing else through
    }
  }

  void front_is_ready() {
    channel_->enter(ipc::State::serving);
    front_serves_ = true;
    hand_over_host();
    if (identity_unsent_) send_identity();
    if (auto first = std::exchange(ready_, nullptr)) first();
    ::malloc_trim(0);
    sandbox::release_code_pages();  // from here on there is next to nothing to do
  }

  void tell(std::uint64_t id, bool accepted, const std::string& user) {
    if (front_serves_) send(auth::authentication_answer(id, accepted, user));
  }

  void send(const ipc::Frame& frame, int descriptor = -1) {
    if (!channel_) return;
    if (auto sent = channel_->send(frame, descriptor); !sent) log::error("monitor", sent.error());
  }

  Workers workers_;
  Child& front_ = workers_.front();
  Child& host_child_ = workers_.host();
  std::function<void()> ready_;
  Fd signals_;
  std::optional<ipc::Channel> channel_;
  Fd host_end_for_later_;
  bool front_serves_ = false;
  bool identity_unsent_ = false;
  bool ending_ = false;
  Clock::time_point kill_at_{};
  AuthQueue auth_;
};

}  // namespace

Result<void> run_monitor(const Config& config, std::function<void()> ready) {
  sandbox::keep_memory_private();  // and that of its PAM children, which inherit it
  Monitor monitor(config, std::move(ready));
  if (auto prepared = monitor.prepare(); !prepared) return prepared;
  return monitor.run();
}

}  // namespace muster::agent
