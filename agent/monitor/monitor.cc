// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/monitor.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/auth/principal.h"
#include "agent/cert_files.h"
#include "agent/front/front.h"
#include "agent/host/provider_host.h"
#include "agent/ipc/channel.h"
#include "agent/monitor/auth_queue.h"
#include "agent/monitor/child.h"
#include "agent/monitor/notify.h"
#include "agent/sandbox/privileges.h"
#include "core/base/linux_host.h"
#include "core/base/log.h"
#include "core/http/server.h"
#include "providers/registry.gen.h"

namespace muster::agent {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kGoodbye = 8s;             // for the front to finish its requests
constexpr std::size_t kMaxAbandoned = 4;  // provider hosts that not even SIGKILL ends
constexpr rlim_t kFrontFiles = 20000;     // descriptors: connections and a few more, capped by the hard limit

Result<Fd> signal_descriptor() {
  sigset_t wanted;
  ::sigemptyset(&wanted);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) ::sigaddset(&wanted, number);
  if (::sigprocmask(SIG_BLOCK, &wanted, nullptr) != 0) return fail(errno_error("sigprocmask"));
  Fd fd(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) return fail(errno_error("signalfd"));
  return fd;
}

Result<std::vector<Fd>> listen_as_configured(const Config& config) {
  std::vector<Fd> sockets;
  for (const auto& address : config.listen) {
    auto socket = http::listen_on(address, config.port);
    if (!socket) return fail(std::move(socket.error()).during("listening"));
    sockets.push_back(std::move(*socket));
  }
  return sockets;
}

class Monitor {
 public:
  Monitor(const Config& config, std::function<void()> ready)
      : config_(config),
        ready_(std::move(ready)),
        auth_(
            {config.pam_service, config.basic_allow_root},
            [this](std::uint64_t id, bool accepted, const std::string& user) { tell(id, accepted, user); }) {}

  Result<void> prepare() {
    auto account = sandbox::account_of(config_.user);
    if (!account && ::geteuid() == 0) return fail(account.error());
    if (account) account_ = *account;
    auto identity = read_identity(config_.tls_folder);
    if (!identity) return fail(identity.error());
    if (auto sound = parse_identity(*identity); !sound) return fail(sound.error());
    identity_ = std::move(*identity);
    auto sockets = listen_as_configured(config_);
    if (!sockets) return fail(sockets.error());
    listening_ = std::move(*sockets);
    auto signals = signal_descriptor();
    if (!signals) return fail(signals.error());
    signals_ = std::move(*signals);
    providers_ = all_providers(host_);
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
  std::vector<const cim::Class*> classes() const {
    std::vector<const cim::Class*> list;
    for (const auto& provider : providers_) list.push_back(&provider->cim_class());
    return list;
  }

  Result<void> start_what_is_due() {
    if (ending_) return {};
    const auto now = Clock::now();
    if (!front_.running() && front_.may_start_at() <= now) {
      auto started = start_both();
      if (!started) front_.failed_to_start();
      return started;
    }
    if (front_.running() && !host_child_.running() && host_child_.may_start_at() <= now) {
      auto replaced = replace_host();
      if (!replaced) host_child_.failed_to_start();
      return replaced;
    }
    return {};
  }

  // Forks a provider host and returns the front's end of its channel.
  Result<Fd> start_host() {
    if (host_child_.reap_abandoned() >= kMaxAbandoned) {
      return fail(Errc::timeout,
                  "provider host: " + std::to_string(kMaxAbandoned) + " of them hang in the kernel",
                  "look for a file system that does not answer: cat /proc/mounts, dmesg");
    }
    auto pair = ipc::Channel::make_pair();
    if (!pair) return fail(pair.error());
    auto started = host_child_.start([&, end = pair->second.get()]() -> Result<void> {
      if (auto closed = sandbox::close_all_but({end}); !closed) return closed;
      forget_secrets();
      if (auto dropped = sandbox::become(account_, {}); !dropped) return dropped;
      ipc::Channel channel(Fd(pair->second.release()), ipc::Party::providers, ipc::Party::front,
                           ipc::State::serving);
      const auto done = run_provider_host(std::move(channel), providers_, host_);
      return done || done.error().code == Errc::unreachable ? Result<void>{} : done;
    });
    if (!started) return fail(started.error());
    return std::move(pair->first);
  }

  Result<void> start_both() {
    host_child_.abandon();
    auto host_end = start_host();
    if (!host_end) return fail(host_end.error());
    auto pair = ipc::Channel::make_pair();
    if (!pair) return fail(pair.error());
    auto started = front_.start(
        [&]() -> Result<void> { return become_front(Fd(pair->second.release()), std::move(*host_end)); });
    if (!started) return started;
    identity_unsent_ = false;
    channel_.emplace(std::move(pair->first), ipc::Party::monitor, ipc::Party::front, ipc::State::starting);
    host_end_for_later_.reset();
    return {};
  }

  // In the front's process.
  Result<void> become_front(Fd monitor, Fd host_end) {
    std::vector<int> kept{monitor.get(), host_end.get()};
    for (const auto& socket : listening_) kept.push_back(socket.get());
    if (auto closed = sandbox::close_all_but(std::move(kept)); !closed) return closed;
    FrontSetup setup{
        config_,  std::move(identity_), std::move(listening_), std::move(monitor), std::move(host_end),
        classes()};
    if (auto dropped = sandbox::become(account_, {kFrontFiles, 0}); !dropped) return dropped;
    return run_front(std::move(setup));
  }

  Result<void> replace_host() {
    auto host_end = start_host();
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
    auto identity = read_identity(config_.tls_folder);
    if (!identity) return log::error("monitor", std::move(identity.error()).during("reload"));
    if (auto sound = parse_identity(*identity); !sound)
      return log::error("monitor", std::move(sound.error()).during("reload"));
    identity_ = std::move(*identity);
    send_identity();
  }

  // A front that is still starting has the old one: it gets the new one when it is ready.
  void send_identity() {
    identity_unsent_ = !front_serves_;
    if (!front_serves_) return;
    ipc::Frame frame{ipc::Tag::identity, 0, {std::string(identity_.key.reveal()), identity_.bundle}};
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
  }

  void tell(std::uint64_t id, bool accepted, const std::string& user) {
    if (front_serves_) send(auth::authentication_answer(id, accepted, user));
  }

  void send(const ipc::Frame& frame, int descriptor = -1) {
    if (!channel_) return;
    if (auto sent = channel_->send(frame, descriptor); !sent) log::error("monitor", sent.error());
  }

  // In children that must not know them.
  void forget_secrets() { identity_ = {}; }

  const Config& config_;
  std::function<void()> ready_;
  LinuxHost host_;
  ProviderList providers_;
  sandbox::Account account_{"", ::geteuid(), ::getegid()};
  IdentityText identity_;
  std::vector<Fd> listening_;
  Fd signals_;
  Child front_{"front"};
  Child host_child_{"providers"};
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
  Monitor monitor(config, std::move(ready));
  if (auto prepared = monitor.prepare(); !prepared) return prepared;
  return monitor.run();
}

}  // namespace muster::agent
