// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/recorder.h"

#include <iterator>
#include <utility>

#include "core/base/log.h"

namespace muster {

Result<std::unique_ptr<Recorder>> Recorder::start(const std::string& state_folder,
                                                  std::chrono::hours retention, HostsChanged hosts_changed) {
  auto store = Store::open(state_folder);
  if (!store) return fail(store.error());
  return std::unique_ptr<Recorder>(new Recorder(std::move(*store), retention, std::move(hosts_changed)));
}

Recorder::Recorder(Store store, std::chrono::hours retention, HostsChanged hosts_changed)
    : store_(std::move(store)),
      retention_(retention),
      hosts_changed_(std::move(hosts_changed)),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

Recorder::~Recorder() {
  const auto finished = finish();  // whoever wants to know asks before
  static_cast<void>(finished);
}

Result<void> Recorder::finish() {
  thread_.request_stop();
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  const std::scoped_lock lock(mutex_);
  if (failure_) return fail(*failure_);
  return {};
}

bool Recorder::put(std::vector<Sample> samples, const HostHealth& health) {
  const std::scoped_lock lock(mutex_);
  health_[health.host] = health;
  if (samples_.size() + samples.size() > kMostWaiting) {
    figures_.dropped += samples.size();
    return false;
  }
  std::move(samples.begin(), samples.end(), std::back_inserter(samples_));
  if (samples_.size() >= kBatch) wake_.notify_one();
  return true;
}

Recorder::Figures Recorder::figures() {
  const std::scoped_lock lock(mutex_);
  return figures_;
}

void Recorder::work(const std::stop_token& stop) {
  using std::chrono::steady_clock;
  auto next_look = steady_clock::now();
  auto next_prune = next_look;
  bool failing = false;
  while (!stop.stop_requested()) {
    if (steady_clock::now() >= next_prune && !prune()) next_prune = steady_clock::now() + kPrunePeriod;
    if (steady_clock::now() >= next_look) {
      look_at_hosts();
      next_look = steady_clock::now() + kHostsPeriod;
    }
    const bool more_to_prune = next_prune <= steady_clock::now();
    if (failing || !more_to_prune) {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, kLongestWait, [&] { return !failing && samples_.size() >= kBatch; });
    }
    failing = !commit();
  }
  commit();
}

// False when the store failed.
bool Recorder::commit() {
  std::vector<Sample> samples;
  std::map<std::string, HostHealth> health;
  {
    const std::scoped_lock lock(mutex_);
    samples.swap(samples_);
    health.swap(health_);
  }
  if (samples.empty() && health.empty()) return true;
  std::vector<HostHealth> states;
  states.reserve(health.size());
  for (const auto& [host, state] : health) states.push_back(state);
  if (const auto done = store_.put_poll(samples, states); !done) {
    put_back(std::move(samples), std::move(health), done.error());
    return false;
  }
  committed(samples.size());
  return true;
}

void Recorder::committed(std::size_t samples) {
  const std::scoped_lock lock(mutex_);
  figures_.committed += samples;
  if (!failure_) return;
  failure_.reset();
  complained_ = {};
  log::notice("store", "written again, " + std::to_string(samples) + " samples that had to wait");
}

// Older samples go back in front; of a host's states the newer one stays.
void Recorder::put_back(std::vector<Sample> samples, std::map<std::string, HostHealth> health,
                        const Error& error) {
  const auto now = std::chrono::steady_clock::now();
  const std::scoped_lock lock(mutex_);
  if (!failure_ || now - complained_ >= kComplaintPeriod) {
    log::error("store", error);
    complained_ = now;
  }
  failure_ = error;
  ++figures_.failures;
  samples.insert(samples.end(), std::make_move_iterator(samples_.begin()),
                 std::make_move_iterator(samples_.end()));
  samples_ = std::move(samples);
  health_.merge(health);
}

// True when there is more: slices are short, so that commits and other commands get between.
bool Recorder::prune() {
  const auto now = std::chrono::system_clock::now();
  const auto more = store_.prune({now - retention_, now - kRunRetention});
  if (!more) log::error("store", more.error());
  return more.value_or(false);
}

void Recorder::look_at_hosts() {
  const auto changes = store_.foreign_changes();
  if (!changes) return log::error("store", changes.error());
  if (*changes == seen_changes_) return;
  auto hosts = store_.hosts();
  auto health = store_.health();
  if (!hosts) return log::error("store", hosts.error());
  if (!health) return log::error("store", health.error());
  seen_changes_ = *changes;
  hosts_changed_({std::move(*hosts), std::move(*health)});
}

}  // namespace muster
