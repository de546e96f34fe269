// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/poller.h"

#include <algorithm>
#include <utility>

#include "core/base/log.h"

namespace muster {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

std::string peer_of(const HostRecord& host) {
  const bool literal = host.address.find(':') != std::string::npos;
  return (literal ? "[" + host.address + "]" : host.address) + ":" + std::to_string(host.agent_port);
}

bool same_endpoint(const HostRecord& a, const HostRecord& b) {
  return a.address == b.address && a.agent_port == b.agent_port && a.certificate_name == b.certificate_name;
}

}  // namespace

struct Poller::Watch {
  Watch(HostRecord record, const HostHealth& stored) : host(std::move(record)), liveness(stored) {}

  HostRecord host;
  std::shared_ptr<tls::Context> context;  // of the session
  std::unique_ptr<AgentSession> session;  // from the first look on
  Liveness liveness;
  std::string complaint;  // the last one logged, to say it once
};

std::string summary_text(const PollSummary& summary) {
  return std::to_string(summary.up) + " up, " + std::to_string(summary.down) + " down, " +
         std::to_string(summary.unknown) + " unknown; " + std::to_string(summary.polls) + " polls, " +
         std::to_string(summary.failed) + " failed, " + std::to_string(summary.missed) +
         " missed, p99 lateness " + std::to_string(summary.lateness_p99.count()) + " ms";
}

Poller::Poller(http::Loop& loop, std::shared_ptr<tls::Context> context, PollerOptions options, Record record,
               Report report)
    : loop_(loop),
      context_(std::move(context)),
      options_(std::move(options)),
      record_(std::move(record)),
      report_(std::move(report)),
      polls_(options_.interval),
      lookout_(options_.silence, options_.second_look),
      timer_(loop.every(PollerOptions::kTick, [this] { tick(); })) {}

Poller::~Poller() = default;

void Poller::set_hosts(const std::vector<HostRecord>& hosts, const std::vector<HostHealth>& stored) {
  std::map<std::string, HostHealth> health;
  for (const auto& state : stored) health[state.host] = state;
  std::map<std::string, const HostRecord*> wanted;
  for (const auto& host : hosts) wanted[host.name] = &host;
  for (auto it = watches_.begin(); it != watches_.end();) {
    const auto found = wanted.find(it->first);
    if (found != wanted.end() && same_endpoint(*found->second, it->second->host)) {
      ++it;
      continue;
    }
    if (found != wanted.end()) {
      health[it->first] = it->second->liveness.state();  // moved: its state goes along
    }
    polls_.remove(it->first);
    lookout_.remove(it->first);
    it = watches_.erase(it);
  }
  for (const auto& host : hosts) {
    auto state = health[host.name];
    state.host = host.name;
    if (!watches_.contains(host.name)) add(host, state);
  }
}

void Poller::add(const HostRecord& host, const HostHealth& stored) {
  const auto now = steady_clock::now();
  watches_.emplace(host.name, std::make_unique<Watch>(host, stored));
  polls_.add(host.name, now);
  lookout_.add(host.name, now);
}

void Poller::tick() {
  const auto now = steady_clock::now();
  for (const auto& due : polls_.take_due(now)) begin_poll(due);
  for (const auto& host : lookout_.take_due(now)) probe(*watches_.at(host));
}

void Poller::begin_poll(const Schedule::Due& due) {
  auto& watch = *watches_.at(due.host);
  if (watch.liveness.state().health == Health::down) return;  // probing finds out when it is back
  if (!lookout_.begin_poll(due.host)) {
    ++since_.missed;
    return;
  }
  ++since_.polls;
  lateness_.push_back(duration_cast<milliseconds>(steady_clock::now() - due.at));
  poll_host(session_of(watch), watch.host.name, options_.plan,
            [this, &watch](const Reading& reading) { end_poll(watch, reading); });
}

// Only for a look that begins: no other uses the session then.
AgentSession& Poller::session_of(Watch& watch) {
  if (!watch.session || watch.context != context_) {
    watch.session = std::make_unique<AgentSession>(loop_, endpoint_of(watch.host), context_);
    watch.context = context_;
  }
  return *watch.session;
}

void Poller::end_poll(Watch& watch, const Reading& reading) {
  if (reading.error) ++since_.failed;
  complain(watch, reading);
  if (reading.reached) answered(watch, samples_of(reading));
  const bool silent = reading.error && !watch.session->answered();
  if (silent) return missed(watch, *reading.error);
  if (watch.liveness.refused(refusal_of(watch, reading))) record_({}, watch.liveness.state());
}

// Of an agent that has answered something: the poll as a whole, or the classes that failed.
Liveness::Refusal Poller::refusal_of(const Watch& watch, const Reading& reading) {
  if (reading.error) return {reason_text(reading.error->what, peer_of(watch.host))};
  const auto prefix = peer_of(watch.host) + ": ";
  std::string failed;
  for (const auto& one : reading.classes) {
    if (!one.error) continue;
    const std::string_view what = one.error->what;
    failed.append(failed.empty() ? "" : "; ").append(one.class_name).append(": ");
    failed.append(what.starts_with(prefix) ? what.substr(prefix.size()) : what);
  }
  const bool partly = !failed.empty();
  return {std::move(failed), partly};
}

// An agent that answers and refuses is up, and still worth a line.
void Poller::complain(Watch& watch, const Reading& reading) {
  std::string complaint;
  for (const auto& one : reading.classes) {
    if (one.error && watch.session->answered()) complaint = one.class_name + ": " + one.error->what;
  }
  if (!complaint.empty() && complaint != watch.complaint) {
    log::warning("poll", watch.host.name + ": " + complaint);
  }
  watch.complaint = std::move(complaint);
}

void Poller::probe(Watch& watch) {
  session_of(watch).identify(options_.probe_deadline, [this, &watch](Result<wsman::Identity> identity) {
    if (watch.session->answered()) {
      answered(watch, {});
    } else {
      missed(watch, identity.error());
    }
  });
}

void Poller::answered(Watch& watch, std::vector<Sample> samples) {
  lookout_.answered(watch.host.name, steady_clock::now());
  const bool news = !samples.empty();
  const auto change = watch.liveness.answered(system_clock::now());
  if (change) report_(watch.liveness.state(), *change);
  if (change || news) record_(std::move(samples), watch.liveness.state());
}

void Poller::missed(Watch& watch, const Error& error) {
  lookout_.missed(watch.host.name, steady_clock::now());
  const auto change =
      watch.liveness.missed(system_clock::now(), reason_text(error.what, peer_of(watch.host)));
  if (change) {
    report_(watch.liveness.state(), *change);
    record_({}, watch.liveness.state());
  }
}

PollSummary Poller::take_summary() {
  auto summary = std::exchange(since_, {});
  for (const auto& [name, watch] : watches_) {
    const auto health = watch->liveness.state().health;
    ++(health == Health::up ? summary.up : health == Health::down ? summary.down : summary.unknown);
  }
  const auto missed = polls_.missed();
  summary.missed += missed - std::exchange(reported_missed_, missed);
  if (!lateness_.empty()) {
    const auto rank = static_cast<std::ptrdiff_t>((lateness_.size() - 1) * 99 / 100);
    std::nth_element(lateness_.begin(), lateness_.begin() + rank, lateness_.end());
    summary.lateness_p99 = lateness_[static_cast<std::size_t>(rank)];
  }
  lateness_.clear();
  return summary;
}

}  // namespace muster
