// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/workers.h"

#include <csignal>
#include <optional>
#include <string>
#include <utility>

#include <unistd.h>

#include "agent/courier/courier.h"
#include "agent/front/front.h"
#include "agent/ipc/channel.h"
#include "agent/sandbox/confine.h"
#include "agent/sandbox/memory.h"
#include "core/base/log.h"
#include "core/http/server.h"
#include "providers/registry.gen.h"

namespace muster::agent {
namespace {

constexpr std::size_t kMegabyte = std::size_t{1024} * 1024;
constexpr std::size_t kMaxAbandoned = 4;  // provider hosts that not even SIGKILL ends
constexpr rlim_t kFrontFiles = 64;        // descriptors beyond those of its connections
constexpr rlim_t kHostFiles = 256;

Result<std::vector<Fd>> listen_as_configured(const Config& config) {
  std::vector<Fd> sockets;
  for (const auto& address : config.listen) {
    auto socket = http::listen_on(address, config.port);
    if (!socket) return fail(std::move(socket.error()).during("listening"));
    sockets.push_back(std::move(*socket));
  }
  return sockets;
}

sandbox::ProcessLimits limits_of(const Config& config, rlim_t files) {
  return {files, sandbox::is_sanitized() ? 0 : config.memory_mb * kMegabyte};
}

std::vector<const cim::Class*> classes_of(const ProviderList& providers) {
  std::vector<const cim::Class*> list;
  list.reserve(providers.size());
  for (const auto& provider : providers) list.push_back(&provider->cim_class());
  return list;
}

}  // namespace

Result<void> Workers::prepare() {
  auto account = sandbox::account_of(config_.user);
  if (!account && ::geteuid() == 0) return fail(account.error());
  account_ = account ? *account : sandbox::Account{"", ::geteuid(), ::getegid()};
  if (auto read = reload_identity(); !read) return read;
  auto sockets = listen_as_configured(config_);
  if (!sockets) return fail(sockets.error());
  listening_ = std::move(*sockets);
  providers_ = all_providers(host_);
  auto activity = ipc::Activity::shared();
  if (!activity) return fail(activity.error());
  activity_ = std::make_unique<ipc::Activity>(std::move(*activity));
  return {};
}

Result<void> Workers::reload_identity() {
  auto identity = read_identity(config_.tls_folder);
  if (!identity) return fail(identity.error());
  if (auto sound = parse_identity(*identity); !sound) return fail(sound.error());
  identity_ = std::move(*identity);
  return {};
}

Result<Fd> Workers::start_host() {
  auto end = fork_host();
  if (!end) host_child_.failed_to_start();
  return end;
}

Result<Fd> Workers::start_both() {
  auto end = fork_both();
  if (!end) front_.failed_to_start();
  return end;
}

Result<Fd> Workers::fork_host() {
  if (host_child_.reap_abandoned() >= kMaxAbandoned) {
    return fail(Errc::timeout,
                "provider host: " + std::to_string(kMaxAbandoned) + " of them hang in the kernel",
                "look for a file system that does not answer: cat /proc/mounts, dmesg");
  }
  auto pair = ipc::Channel::make_pair();
  if (!pair) return fail(pair.error());
  auto started = host_child_.start([&] { return become_host(Fd(pair->second.release())); });
  if (!started) return fail(started.error());
  return std::move(pair->first);
}

Result<Fd> Workers::fork_both() {
  host_child_.abandon();
  auto host_end = fork_host();
  if (!host_end) return fail(host_end.error());
  auto pair = ipc::Channel::make_pair();
  if (!pair) return fail(pair.error());
  auto started = front_.start([&] { return become_front(Fd(pair->second.release()), std::move(*host_end)); });
  if (!started) return fail(started.error());
  return std::move(pair->first);
}

// In the provider host's process.
Result<void> Workers::become_host(Fd channel) {
  if (auto closed = sandbox::close_all_but({channel.get()}); !closed) return closed;
  identity_ = {};  // the key is none of its business
  if (auto dropped = sandbox::become(account_, limits_of(config_, kHostFiles)); !dropped) return dropped;
  sandbox::end_when_out_of_memory("providers", config_.memory_mb * kMegabyte);
  const auto confinement = sandbox::confine(sandbox::Process::providers);
  if (!confinement) return fail(confinement.error());
  log::info("providers", "serving; confined by " + std::string(sandbox::to_string(*confinement)));
  const auto done = run_provider_host(
      ipc::Channel(std::move(channel), ipc::Party::providers, ipc::Party::front, ipc::State::serving),
      providers_, host_, *activity_, {.certificate_files = config_.certificate_files, .calls = nullptr});
  return done || done.error().code == Errc::unreachable ? Result<void>{} : done;
}

Result<Fd> Workers::start_courier() {
  courier_.abandon();
  auto end = fork_courier();
  if (!end) courier_.failed_to_start();
  return end;
}

Result<Fd> Workers::fork_courier() {
  const std::string folder = config_.state_folder + kEventFolder;
  if (auto made = make_folders(config_.state_folder, 0755); !made) return fail(made.error());
  if (auto made = make_folders(folder, 0700); !made) return fail(made.error());
  if (::geteuid() == 0 && ::chown(folder.c_str(), account_.uid, account_.gid) != 0) {
    return fail(errno_error(folder));
  }
  auto pair = ipc::Channel::make_pair();
  if (!pair) return fail(pair.error());
  auto started = courier_.start([&] { return become_courier(Fd(pair->second.release())); });
  if (!started) return fail(started.error());
  return std::move(pair->first);
}

// In the courier's process.
Result<void> Workers::become_courier(Fd channel) {
  if (auto closed = sandbox::close_all_but({channel.get()}); !closed) return closed;
  CourierSetup setup{config_, std::move(identity_), std::move(channel), *activity_};
  if (auto dropped = sandbox::become(account_, limits_of(config_, kHostFiles)); !dropped) return dropped;
  sandbox::end_when_out_of_memory("courier", config_.memory_mb * kMegabyte);
  return run_courier(std::move(setup));
}

// In the front's process.
Result<void> Workers::become_front(Fd monitor, Fd host_end) {
  std::vector<int> kept{monitor.get(), host_end.get()};
  for (const auto& socket : listening_) kept.push_back(socket.get());
  if (auto closed = sandbox::close_all_but(std::move(kept)); !closed) return closed;
  FrontSetup setup{config_,
                   std::move(identity_),
                   std::move(listening_),
                   std::move(monitor),
                   std::move(host_end),
                   classes_of(providers_),
                   *activity_};
  const rlim_t files = kFrontFiles + config_.connections;
  if (auto dropped = sandbox::become(account_, limits_of(config_, files)); !dropped) return dropped;
  sandbox::end_when_out_of_memory("front", config_.memory_mb * kMegabyte);
  return run_front(std::move(setup));
}

bool Workers::runs_away(const Child& child, Runaway& readings, Runaway::Time now, std::uint64_t work) {
  const auto cpu = child.running() ? cpu_time_of(child.pid()) : std::nullopt;
  if (!cpu) {
    readings.forget();
    return false;
  }
  const auto figures = readings.add(now, *cpu, work);
  if (!figures) return false;
  log::error("monitor", child.name() + ": took " + words_of(*figures) + " and did nothing: it is replaced");
  readings.forget();
  return true;
}

void Workers::end_runaways(Runaway::Time now) {
  if (runs_away(front_, front_cpu_, now, activity_->front_work())) front_.signal(SIGKILL);
  if (runs_away(host_child_, host_cpu_, now, activity_->host_work())) host_child_.abandon();
  if (runs_away(courier_, courier_cpu_, now, activity_->courier_work())) courier_.signal(SIGKILL);
}

void Workers::follow_config() {
  for (Runaway* readings : {&front_cpu_, &host_cpu_, &courier_cpu_}) readings->patience(config_.busy);
}

}  // namespace muster::agent
