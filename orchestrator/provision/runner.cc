// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/runner.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <unistd.h>

#include "core/base/log.h"
#include "orchestrator/provision/credentials.h"
#include "orchestrator/provision/shell.h"
#include "orchestrator/service/descriptor_limit.h"
#include "orchestrator/ssh/accepted_keys.h"
#include "orchestrator/steps/registry.gen.h"

namespace muster {
namespace {

constexpr unsigned kMostCrashes = 3;
constexpr std::chrono::milliseconds kGrace{10'000};
constexpr std::chrono::milliseconds kLeave{3'000};
constexpr std::chrono::milliseconds kTick{100};

std::string_view command_of(Journey journey) {
  switch (journey) {
    case Journey::provision: return "provision";
    case Journey::restart: return "restart";
    case Journey::uninstall: return "uninstall";
  }
  return "provision";
}

std::string caller() {
  const char* name = ::getlogin();  // NOLINT(concurrency-mt-unsafe): one thread
  return name == nullptr ? "uid " + std::to_string(::getuid()) : name;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text.append(text.empty() ? "" : ",").append(name);
  return text;
}

// By nohup(1), say.
bool ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

WallTime now() {
  return std::chrono::system_clock::now();
}

}  // namespace

Runner::Runner(ForkServer& workers, ServerSide& server, RunOrder order, Report& report)
    : workers_(workers),
      server_(server),
      order_(std::move(order)),
      report_(report),
      steps_(plan_steps(all_steps(), order_.journey)),
      shared_{server_,
              report_,
              steps_,
              0,
              [this](const HostWork& work, const told::HostKey& key) { return keep_key(work, key); },
              [this](Worker worker) { let_leave(std::move(worker)); }},
      rollout_(order_.rollout, order_.hosts.size()) {}

Result<Summary> Runner::run() {
  const auto start = std::chrono::steady_clock::now();
  service::raise_descriptor_limit();  // each host at work has a socket and a process
  if (auto begun = begin(); !begun) return fail(begun.error());
  workers_watch_ = server_.loop.when_readable(workers_.descriptor(), [this] { hear_workers(); });
  const auto tick = server_.loop.every(kTick, [this] { report_.tick(); });
  const auto interrupt = server_.loop.on_signal(SIGINT, [this] { stop_soon("SIGINT"); });
  const auto terminate = server_.loop.on_signal(SIGTERM, [this] { stop_soon("SIGTERM"); });
  const auto hang_up =
      ignored(SIGHUP) ? nullptr : server_.loop.on_signal(SIGHUP, [this] { stop_soon("SIGHUP"); });
  server_.loop.post([this] { start_hosts(); });
  server_.loop.run();
  grace_.reset();
  workers_watch_.reset();
  leaving_.clear();
  summary_.took =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  auto recorded =
      server_.store.end_run(summary_.run, now(), static_cast<int>(summary_.exit()), summary_.stopped);
  report_.finished(summary_);
  if (!recorded) return fail(recorded.error());
  return std::move(summary_);
}

Result<void> Runner::begin() {
  RunRecord record;
  record.command = command_of(order_.journey);
  record.inventory = order_.inventory;
  record.started_by = caller();
  record.started = now();
  auto id = server_.store.begin_run(record);
  if (!id) return fail(id.error());
  summary_.run = *id;
  summary_.hosts = order_.hosts.size();
  summary_.keys_file = order_.new_keys_file;
  shared_.run = *id;
  std::vector<std::string> hosts;
  std::vector<std::string> names{"connect", "become"};
  hosts.reserve(order_.hosts.size());
  for (const auto& work : order_.hosts) hosts.push_back(work.entry.name);
  for (const auto& step : steps_) names.emplace_back(step->name());
  report_.started(*id, hosts, names);
  tell_wave(false);
  return {};
}

// Hosts that are not started may be many thousands, all at once after Ctrl-C: they go on record together.
void Runner::start_hosts() {
  std::vector<StepRecord> left_out;
  start_wave(left_out);
  while (summary_.stopped.empty() && rollout_.waits_for_next() && !pausing_) {
    if (order_.pause || order_.pause_for.count() > 0) {
      pause();
    } else {
      rollout_.next_wave();
      tell_wave(false);
      start_wave(left_out);
    }
  }
  const bool over = hosts_.empty() && !pausing_;
  while (over && next_ < order_.hosts.size()) {
    left_out.push_back(
        not_started(order_.hosts[next_++], {FailureCode::interrupted, "not started: " + summary_.stopped}));
  }
  if (const auto put = server_.store.put_steps(left_out); !put) log::error("store", put.error());
  if (over) server_.loop.stop();
}

void Runner::start_wave(std::vector<StepRecord>& left_out) {
  while (summary_.stopped.empty() && at_work_ < order_.forks && next_ < rollout_.open()) {
    HostWork& work = order_.hosts[next_++];
    if (const auto started = start_host(work); !started) {
      left_out.push_back(not_started(work, started.error()));
      rollout_.ended(false);
      mind_budget();
    }
    if (workers_.gone()) lose_workers();
  }
}

void Runner::tell_wave(bool paused) {
  if (rollout_.waves() < 2) return;
  const std::size_t next = paused ? 1 : 0;
  report_.wave({.number = rollout_.wave() + next,
                .of = rollout_.waves(),
                .hosts = paused ? rollout_.next_size() : rollout_.wave_size(),
                .canary = !paused && rollout_.is_canary(),
                .paused = paused,
                .asked = order_.pause});
}

void Runner::pause() {
  pausing_ = true;
  tell_wave(true);
  if (order_.pause) {
    pause_ = server_.loop.when_readable(STDIN_FILENO, [this] { heard_from_terminal(); });
  } else {
    pause_ = server_.loop.after(order_.pause_for, [this] { go_on(); });
  }
}

void Runner::heard_from_terminal() {
  std::array<char, 256> line{};
  const ssize_t got = ::read(STDIN_FILENO, line.data(), line.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got <= 0 || line[0] == 'q' || line[0] == 'Q') return stop_soon("at the pause");
  go_on();
}

void Runner::go_on() {
  server_.loop.post([this] {
    if (!std::exchange(pausing_, false)) return;
    pause_.reset();
    rollout_.next_wave();
    tell_wave(false);
    start_hosts();
  });
}

// Those at work end as they would.
void Runner::mind_budget() {
  const auto why = rollout_.exceeded();
  if (!why || !summary_.stopped.empty() || next_ == order_.hosts.size()) return;
  summary_.stopped = *why;
  report_.stopping({*why, hosts_.size(), {}});
}

tl::expected<void, Failure> Runner::start_host(HostWork work) {
  auto job = job_for(work);
  if (!job) return tl::unexpected(job.error());
  auto worker = workers_.spawn();
  server_.loop.post([this] { hear_workers(); });  // of ends that spawn() has heard of, or of its own
  if (!worker) return tl::unexpected(Failure{FailureCode::local, worker.error().what});
  hosts_.push_back(std::make_shared<HostRun>(shared_, std::move(work)));
  HostRun* host = hosts_.back().get();
  ++at_work_;
  host->start(
      std::move(*worker), *job, job->package_bytes > 0 ? order_.package.file.get() : -1,
      [this] {
        --at_work_;
        // Not yet: when the host has ended, too, that may use up the budget.
        server_.loop.post([this] { start_hosts(); });
      },
      [this, host] { host_done(*host); });
  return {};
}

tl::expected<Job, Failure> Runner::job_for(const HostWork& work) const {
  Job job;
  job.host = work.entry.name;
  job.address = work.entry.address;
  job.port = work.entry.port;
  job.user = work.user;
  job.host_keys = order_.host_keys;
  job.host_keys.pinned = work.entry.host_key;
  if (!work.entry.private_key_file.empty()) {
    auto key = login_key_from_file(work.entry.private_key_file);
    if (!key) {
      Failure failure{FailureCode::ssh_key, "ansible_ssh_private_key_file: " + key.error().what};
      failure.hint = key.error().hint;
      return tl::unexpected(std::move(failure));
    }
    job.keys.push_back(std::move(*key));
  }
  job.agent_socket = order_.agent_socket;
  for (const auto& key : order_.default_keys) job.last_keys.push_back({key.name, key.pem.clone()});
  job.passphrase = order_.passphrase.clone();
  job.sudo = work.user != "root" && work.entry.become;
  if (job.sudo) job.sudo_password = order_.sudo_password.clone();
  job.mark = random_mark();
  job.any_platform = order_.journey != Journey::provision;
  job.deadline = order_.deadline;
  if (order_.journey == Journey::provision) {
    job.package_bytes = order_.package.bytes;
    job.package_sha256 = order_.package.sha256;
  }
  const auto values = values_for(work);
  job.probe_script = compose_script(steps_, Place::login_user, job.mark, values);
  job.upload_script = compose_script(steps_, Place::upload, job.mark, values);
  job.root_script = compose_script(steps_, Place::root, job.mark, values);
  return job;
}

ScriptValues Runner::values_for(const HostWork& work) const {
  const auto lock_seconds = std::clamp<std::int64_t>(order_.deadline.count() / 2000, 1, 150);
  const auto renew = server_.authority == nullptr ? 0 : server_.authority->renewal_margin(now()).count();
  return {{"package_bytes", std::to_string(order_.package.bytes)},
          {"package_sha256", order_.package.sha256},
          {"lock_seconds", std::to_string(lock_seconds)},
          {"lock_tries", std::to_string(lock_seconds / 2)},
          {"certificate_names", joined(work.certificate_names)},
          {"issuer_sha256", server_.authority == nullptr ? "" : server_.authority->issuing().sha256()},
          {"renew_seconds", std::to_string(renew)},
          {"server_clock", std::to_string(std::chrono::system_clock::to_time_t(now()))},
          {"restart_always", order_.journey == Journey::restart ? "yes" : "no"}};
}

void Runner::host_done(HostRun& host) {
  count(host);
  rollout_.ended(!host.failure());
  hosts_.remove_if([&](const auto& held) { return held.get() == &host; });
  mind_budget();
  start_hosts();
}

void Runner::count(const HostRun& host) {
  summary_.changes += host.changes();
  const auto& failure = host.failure();
  if (!failure) {
    ++(host.changes() > 0 ? summary_.changed : summary_.settled);
    for (const auto& [step, text] : host.notes()) {
      summary_.notes.push_back({host.work().entry.name, log::printable(text)});
    }
    return;
  }
  ++(is_unreachable(failure->code) ? summary_.unreachable : summary_.failed);
  summary_.failures[failure->code].push_back(
      {host.work().entry.name, host.failed_step(), log::printable(failure->text), failure->hint});
}

// It has no worker, but its line in report and store like any other host. The caller puts it on record.
StepRecord Runner::not_started(const HostWork& work, const Failure& failure) {
  StepRecord record;
  record.run = summary_.run;
  record.host = work.entry.name;
  record.step = "connect";
  record.state = to_string(StepState::failed);
  record.code = failure_class(failure.code).word;
  record.text = log::printable(failure.text);
  record.hint = hint_of(failure);
  record.began = now();
  report_.begun(record.host, record.step);
  report_.ended(record);
  report_.host_done(record.host);
  ++(is_unreachable(failure.code) ? summary_.unreachable : summary_.failed);
  summary_.failures[failure.code].push_back({record.host, record.step, record.text, failure.hint});
  return record;
}

void Runner::hear_workers() {
  for (const auto& ended : workers_.exits()) {
    if (leaving_.erase(ended.id) > 0) {
      if (ended.signal != 0 && ended.signal != SIGKILL) ++crashes_;
      continue;
    }
    for (const auto& host : hosts_) {
      if (host->worker_id() != ended.id) continue;
      const bool ours = host->killed_by_us();
      host->worker_ended(ended);
      if (ended.signal != 0 && !ours) ++crashes_;
      break;
    }
  }
  if (crashes_ >= kMostCrashes && summary_.stopped.empty()) {
    summary_.stopped = std::to_string(crashes_) + " SSH workers died by a signal";
    stop_now();
    server_.loop.post([this] { start_hosts(); });
  }
  if (workers_.gone()) lose_workers();
}

// Without the fork server no host can be worked on; hosts that need only the management server go on.
void Runner::lose_workers() {
  if (!workers_watch_) return;
  workers_watch_.reset();  // it would be readable for ever
  log::error("provision", "fork server: it died; out of memory? see dmesg");
  if (summary_.stopped.empty()) summary_.stopped = "the fork server died";
  for (const auto& host : hosts_) {
    if (host->has_worker()) {
      host->stop({FailureCode::worker, "the fork server died, and its workers with it"});
    }
  }
  server_.loop.post([this] { start_hosts(); });
}

// The last word ends a host here, but a worker in hostile hands may stay: it is not waited for long.
void Runner::let_leave(Worker worker) {
  const auto id = worker.id;
  auto& leaving = leaving_[id];
  leaving.worker = std::move(worker);
  leaving.kill = server_.loop.after(kLeave, [this, id] {
    if (const auto found = leaving_.find(id); found != leaving_.end()) kill_worker(found->second.worker);
  });
}

void Runner::stop_soon(const std::string& why) {
  if (!summary_.stopped.empty()) return stop_now();  // asked twice
  summary_.stopped = why;
  pausing_ = false;
  if (!hosts_.empty()) {
    report_.stopping({why, hosts_.size(), std::chrono::duration_cast<std::chrono::seconds>(kGrace)});
  }
  grace_ = server_.loop.after(kGrace, [this] { stop_now(); });
  server_.loop.post([this] { start_hosts(); });
}

void Runner::stop_now() {
  for (const auto& host : hosts_) host->stop({FailureCode::interrupted, "stopped: " + summary_.stopped});
}

// Before anything is sent to the host: what was accepted once must be known the next time.
Result<void> Runner::keep_key(const HostWork& work, const told::HostKey& key) {
  if (auto added = record_host_key(order_.new_keys_file, work.entry.address, work.entry.port,
                                   key.type + " " + key.base64);
      !added) {
    return added;
  }
  summary_.accepted.push_back({work.entry.name, work.entry.address, key.type + " " + key.fingerprint});
  return {};
}

}  // namespace muster
