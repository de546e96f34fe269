// SPDX-License-Identifier: GPL-2.0-or-later
// Writes what polling finds into the store, in batches and in a thread of its own, so that a slow disk delays
// no poll. The same thread notices when another command changed the list of hosts.
//
// Promise  what was put is on disk about a second later, or at 1,000 samples, or when the recorder goes.
// Limits   kMostWaiting samples wait; more are refused and counted. Of each host one state waits, the newest.
// Errors   a store that fails is tried again kLongestWait later, and reported once a kComplaintPeriod.
// Threads  put() and figures() from any; `hosts_changed` is called in the recorder's thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "orchestrator/store/store.h"

namespace muster {

class Recorder {
 public:
  static constexpr std::size_t kBatch = 1'000;
  static constexpr std::size_t kMostWaiting = 200'000;
  static constexpr std::chrono::milliseconds kLongestWait{1'000};
  static constexpr std::chrono::seconds kHostsPeriod{5};
  static constexpr std::chrono::minutes kComplaintPeriod{1};
  static constexpr std::chrono::hours kPrunePeriod{1};
  static constexpr std::chrono::days kRunRetention{90};  // older runs are deleted

  struct Roster {
    std::vector<HostRecord> hosts;
    std::vector<HostHealth> health;
  };
  using HostsChanged = std::function<void(Roster)>;

  // The roster is also reported once, first. Samples older than `retention` are deleted.
  static Result<std::unique_ptr<Recorder>> start(const std::string& state_folder,
                                                 std::chrono::hours retention, HostsChanged hosts_changed);
  ~Recorder();  // as finish()
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  Recorder(Recorder&&) = delete;
  Recorder& operator=(Recorder&&) = delete;

  // False when the queue is full; health is taken all the same.
  bool put(std::vector<Sample> samples, const HostHealth& health);

  // Commits what waits; nothing may be put any more. Fails when that could not be written.
  Result<void> finish();

  struct Figures {
    std::uint64_t committed = 0;  // samples
    std::uint64_t dropped = 0;
    std::uint64_t failures = 0;  // batches that have to be tried again
  };
  Figures figures();

 private:
  Recorder(Store store, std::chrono::hours retention, HostsChanged hosts_changed);
  void work(const std::stop_token& stop);
  bool commit();
  void committed(std::size_t samples);
  void put_back(std::vector<Sample> samples, std::map<std::string, HostHealth> health, const Error& error);
  void look_at_hosts();
  bool prune();

  Store store_;  // the thread's
  std::chrono::hours retention_;
  HostsChanged hosts_changed_;
  std::int64_t seen_changes_ = -1;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<Sample> samples_;
  std::map<std::string, HostHealth> health_;  // by host
  std::optional<Error> failure_;              // of the last commit
  std::chrono::steady_clock::time_point complained_{};
  Figures figures_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace muster
