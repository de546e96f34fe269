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
#include "agent/host/rows_writer.h"
#include "agent/ipc/channel.h"
#include "agent/ipc/run_order.h"
#include "agent/monitor/account_files.h"
#include "agent/monitor/executors.h"
#include "agent/monitor/logins.h"
#include "agent/monitor/notify.h"
#include "agent/monitor/runaway.h"
#include "agent/monitor/tickets.h"
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

// Of two times to wait, where -1 is for ever.
int sooner(int a, int b) {
  return a < 0 ? b : b < 0 ? a : std::min(a, b);
}

auth::Policy policy_of(const Config& config) {
  return {config.pam_service, config.basic_allow_root};
}

class Monitor {
 public:
  Monitor(Config config, std::function<Result<Config>()> reread, std::function<void()> ready)
      : config_(std::move(config)),
        reread_(std::move(reread)),
        workers_(config_),
        ready_(std::move(ready)),
        auth_(policy_of(config_), penalty_rules(config_),
              [this](std::uint64_t id, bool accepted, const std::string& user) { tell(id, accepted, user); }),
        executors_(config_, tickets_,
                   {[this](std::uint64_t id, std::string_view code, const std::string& why) {
                      send({ipc::Tag::done, id, {std::string(code), why}});
                    },
                    [this](std::uint64_t id, const Fd& front) {
                      send({ipc::Tag::executor, id, {}}, front.get());
                    },
                    [this] { forget_secrets(); }}) {}

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
    if (courier_wanted_ && front_serves_ && courier_.may_start_at() <= now) return start_courier();
    return {};
  }

  Result<void> start_both() {
    auto ours = workers_.start_both();
    if (!ours) return fail(ours.error());
    identity_unsent_ = false;
    settings_unsent_ = false;
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

  // Asked for by the front; a channel that could not be made is asked for again.
  Result<void> start_courier() {
    auto end = workers_.start_courier();
    if (!end) return fail(std::move(end.error()).during("courier"));
    courier_wanted_ = false;
    send({ipc::Tag::courier, 0, {}}, end->get());
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
    if (channel_) {
      wait.push_back({channel_->fd(), static_cast<short>(channel_->queued() ? POLLIN | POLLOUT : POLLIN), 0});
    }
    auth_.append_descriptors(wait);
    executors_.append_descriptors(wait);
    if (::poll(wait.data(), wait.size(), wait_milliseconds()) < 0 && errno != EINTR) {
      return fail(errno_error("poll"));
    }
    take_signals();
    if (channel_) serve_front();
    auth_.collect();
    executors_.collect();
    if (ending_ && Clock::now() >= kill_at_) front_.signal(SIGKILL);
    if (!ending_ && Clock::now() >= look_at_) look_for_runaways();
    return {};
  }

  void look_for_runaways() {
    look_at_ = Clock::now() + kLook;
    const AccountStamp accounts = stamp_of();
    if (std::exchange(accounts_, accounts) != accounts) executors_.look_again_who_may_watch();
    const auto& activity = workers_.activity();
    if (runs_away(front_, front_cpu_, activity.front_work())) front_.signal(SIGKILL);
    if (runs_away(host_child_, host_cpu_, activity.host_work())) host_child_.abandon();
    if (runs_away(courier_, courier_cpu_, activity.courier_work())) courier_.signal(SIGKILL);
  }

  bool runs_away(const Child& child, Runaway& readings, std::uint64_t work) {
    const auto cpu = child.running() ? cpu_time_of(child.pid()) : std::nullopt;
    if (!cpu) {
      readings.forget();
      return false;
    }
    const auto figures = readings.add(Clock::now(), *cpu, work);
    if (!figures) return false;
    log::error("monitor", child.name() + ": took " + words_of(*figures) + " and did nothing: it is replaced");
    readings.forget();
    return true;
  }

  int wait_milliseconds() const {
    auto until = ending_ ? kill_at_ : look_at_;
    if (!ending_ && !front_.running()) until = std::min(until, front_.may_start_at());
    if (!ending_ && front_.running() && !host_child_.running()) {
      until = std::min(until, host_child_.may_start_at());
    }
    if (!ending_ && courier_wanted_ && front_serves_) until = std::min(until, courier_.may_start_at());
    const int others = sooner(auth_.wait_milliseconds(), executors_.wait_milliseconds());
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    return sooner(others, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000)));
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
    courier_.reap_abandoned();
    if (ending_) return reap_quietly();
    if (front_.running() && ::waitpid(front_.pid(), &status, WNOHANG) > 0) front_ended(status);
    if (host_child_.running() && ::waitpid(host_child_.pid(), &status, WNOHANG) > 0) {
      host_child_.ended(status);
    }
    if (courier_.running() && ::waitpid(courier_.pid(), &status, WNOHANG) > 0) courier_.ended(status);
  }

  void reap_quietly() {
    for (Child* child : {&front_, &host_child_, &courier_}) {
      int status = 0;
      if (child->running() && ::waitpid(child->pid(), &status, WNOHANG) > 0) child->forget();
    }
  }

  void front_ended(int status) {
    front_.ended(status);
    front_serves_ = false;
    channel_.reset();
    auth_.clear();
    courier_.abandon();
    courier_wanted_ = false;
    executors_.clear();
    order_ = {};
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
      send_identity();
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
    if (other_grants) executors_.look_again_who_may_watch();
    log::threshold(config_.log_level);
    auth_.follow(policy_of(config_), penalty_rules(config_));
    front_cpu_.patience(config_.busy);
    host_cpu_.patience(config_.busy);
    courier_cpu_.patience(config_.busy);
    send_settings();
    if (other_host) host_child_.abandon();  // a fresh one reads them at its start
    log::notice("monitor", "reload: the configuration was read again");
  }

  // A front that is still starting may have the old ones: it gets the new ones when it is ready.
  void send_settings() {
    settings_unsent_ = !front_serves_;
    if (front_serves_) send(settings_frame(config_));
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
    if (channel_) static_cast<void>(channel_->flush().has_value());  // a dead front shows as SIGCHLD
    while (channel_) {
      auto arrival = channel_->receive();
      if (!arrival) {
        if (arrival.error().code != Errc::unreachable) {
          log::error("monitor", std::move(arrival.error()).during("front"));
        }
        front_.signal(SIGKILL);  // whoever breaks the protocol is not ours any more
        channel_.reset();
        return;
      }
      auto& next = *arrival;
      if (!next) return;
      take(next->frame);
    }
  }

  void take(ipc::Frame& frame) {
    switch (frame.tag) {
      case ipc::Tag::ready: return front_is_ready();
      case ipc::Tag::stuck: return host_child_.abandon();
      case ipc::Tag::wants_courier: courier_wanted_ = true; return;
      case ipc::Tag::authenticate: {
        if (frame.fields.size() != 3) return front_.signal(SIGKILL);
        auth::Attempt attempt{std::move(frame.fields[0]), Secret(frame.fields[1]),
                              std::move(frame.fields[2])};
        wipe(frame.fields[1]);
        return auth_.add(std::move(attempt), frame.id);
      }
      case ipc::Tag::run:
      case ipc::Tag::watch: return take_order(frame);
      case ipc::Tag::unwatch: {
        if (frame.fields.size() != 1) return front_.signal(SIGKILL);
        return executors_.unwatch(frame.fields[0]);
      }
      case ipc::Tag::vouch: return take_proof(frame);
      default: return;  // the table lets nothing else through
    }
  }

  // The front sends the frames of one order after the other, so one at a time is put together.
  void take_order(ipc::Frame& frame) {
    const std::uint64_t id = frame.id;
    const ipc::Tag tag = frame.tag;
    if (order_ && (order_->id != id || order_->tag != tag)) return front_.signal(SIGKILL);
    if (!order_) order_.emplace(Order{id, tag, {}});
    if (!order_->rows.add(std::move(frame), ipc::kMaxOrderBytes)) return front_.signal(SIGKILL);
    if (!order_->rows.over()) return;
    auto order = ipc::parse_run(order_->rows.take());
    order_.reset();
    if (!order) return front_.signal(SIGKILL);
    if (tag == ipc::Tag::watch) return executors_.add_watch(std::move(*order), id);
    executors_.add(std::move(*order), id);
  }

  void take_proof(const ipc::Frame& frame) {
    const auto& fields = frame.fields;
    ipc::Caller caller;
    if (fields.size() != 4 || !ipc::read_kind(fields[1], caller.kind)) return front_.signal(SIGKILL);
    caller.name = fields[2];
    caller.proof = fields[3];
    executors_.vouch(fields[0], caller);
  }

  // In the process of an executor, which acts for somebody and needs none of it.
  void forget_secrets() {
    workers_.forget_identity();
    auth_.forget_waiting();
    tickets_.clear();
  }

  void front_is_ready() {
    if (channel_) channel_->enter(ipc::State::serving);
    front_serves_ = true;
    hand_over_host();
    if (identity_unsent_) send_identity();
    if (settings_unsent_) send_settings();
    if (auto first = std::exchange(ready_, nullptr)) first();
    ::malloc_trim(0);
    sandbox::release_code_pages();  // from here on there is next to nothing to do
  }

  void tell(std::uint64_t id, bool accepted, const std::string& user) {
    if (!front_serves_) return;
    const auto ticket = accepted ? tickets_.issue(user, Clock::now()) : Result<std::string>();
    if (!ticket) log::error("monitor", ticket.error());
    send(auth::authentication_answer(id, accepted, user, ticket.value_or("")));
  }

  void send(const ipc::Frame& frame, int descriptor = -1) {
    if (!channel_) return;
    if (auto sent = channel_->send(frame, descriptor); !sent) log::error("monitor", sent.error());
  }

  Config config_;
  std::function<Result<Config>()> reread_;
  Workers workers_;
  Child& front_ = workers_.front();
  Child& host_child_ = workers_.host();
  Child& courier_ = workers_.courier();
  std::function<void()> ready_;
  Fd signals_;
  std::optional<ipc::Channel> channel_;
  Fd host_end_for_later_;
  bool front_serves_ = false;
  bool courier_wanted_ = false;
  bool identity_unsent_ = false;
  bool settings_unsent_ = false;
  bool ending_ = false;
  Clock::time_point kill_at_{};
  Clock::time_point look_at_{};
  AccountStamp accounts_ = stamp_of();
  Runaway front_cpu_{config_.busy};
  Runaway host_cpu_{config_.busy};
  Runaway courier_cpu_{config_.busy};
  Logins auth_;
  Tickets tickets_;
  struct Order {
    std::uint64_t id;
    ipc::Tag tag;
    RowsReader rows;
  };
  std::optional<Order> order_;  // of which not all frames have come yet
  Executors executors_;
};

}  // namespace

Result<void> run_monitor(Config config, std::function<Result<Config>()> reread, std::function<void()> ready) {
  sandbox::keep_memory_private();  // and that of its PAM children, which inherit it
  Monitor monitor(std::move(config), std::move(reread), std::move(ready));
  if (auto prepared = monitor.prepare(); !prepared) return prepared;
  return monitor.run();
}

}  // namespace muster::agent
