// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/recorder.h"

#include <iterator>
#include <utility>

#include "core/base/log.h"

namespace muster {

Result<std::unique_ptr<Recorder>> Recorder::start(const std::string& state_folder,
                                                  HostsChanged hosts_changed) {
  auto store = Store::open(state_folder);
  if (!store) return fail(store.error());
  return std::unique_ptr<Recorder>(new Recorder(std::move(*store), std::move(hosts_changed)));
}

Recorder::Recorder(Store store, HostsChanged hosts_changed)
    : store_(std::move(store)),
      hosts_changed_(std::move(hosts_changed)),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

Recorder::~Recorder() {
  thread_.request_stop();
  wake_.notify_all();
  thread_.join();
}

bool Recorder::put(std::vector<Sample> samples, const HostHealth& health) {
  const std::scoped_lock lock(mutex_);
  health_.push_back(health);
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
  auto next_look = std::chrono::steady_clock::now();
  auto next_prune = next_look;
  while (!stop.stop_requested()) {
    if (std::chrono::steady_clock::now() >= next_prune) {
      prune();
      next_prune = std::chrono::steady_clock::now() + kPrunePeriod;
    }
    if (std::chrono::steady_clock::now() >= next_look) {
      look_at_hosts();
      next_look = std::chrono::steady_clock::now() + kHostsPeriod;
    }
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, kLongestWait, [this] { return samples_.size() >= kBatch; });
    }
    commit();
  }
  commit();
}

void Recorder::commit() {
  std::vector<Sample> samples;
  std::vector<HostHealth> health;
  {
    const std::scoped_lock lock(mutex_);
    samples.swap(samples_);
    health.swap(health_);
  }
  if (samples.empty() && health.empty()) return;
  const auto done = store_.put_poll(samples, health);
  const std::scoped_lock lock(mutex_);
  if (done) {
    figures_.committed += samples.size();
    return;
  }
  log::error("store", done.error());
  ++figures_.failures;
  // Older data go back in front, so that the newest state of a host is written last.
  samples.insert(samples.end(), std::make_move_iterator(samples_.begin()),
                 std::make_move_iterator(samples_.end()));
  health.insert(health.end(), std::make_move_iterator(health_.begin()),
                std::make_move_iterator(health_.end()));
  samples_ = std::move(samples);
  health_ = std::move(health);
}

void Recorder::prune() {
  const auto pruned = store_.prune(std::chrono::system_clock::now() - kRetention);
  if (!pruned) log::error("store", pruned.error());
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
