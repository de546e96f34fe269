// SPDX-License-Identifier: GPL-2.0-or-later
// What the management server remembers: hosts, provisioning runs, samples, health. SQLite underneath.
//
// Paths    STATE/muster.db (0600)
// Threads  one Store per thread; several may have the same file open (WAL).
// Errors   not_found ("STATE/muster.db: no database here"), malformed (no database, or the schema of a newer
//          version), timeout (locked for more than 10 s), denied, internal.
// Promise  a function that returned ok has its data on disk (synchronous=FULL).
// Units    times are kept in milliseconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace muster {

using WallTime = std::chrono::system_clock::time_point;

struct HostRecord {
  std::string name;     // inventory name, the key
  std::string address;  // where agent and sshd are reached
  std::uint16_t agent_port = 1270;
  std::uint16_t ssh_port = 22;
  std::string ssh_user;
  std::string certificate_name;    // name in the certificate's SAN that polling expects
  std::string certificate_sha256;  // of the active agent certificate
  std::string certificate_serial;
  WallTime certificate_not_after{};
  std::string host_key;  // "SHA256:..." of the SSH host key it was provisioned with
  std::string agent_version;
  std::string platform;  // "Debian GNU/Linux 12 x86_64"
  std::string groups;    // comma-separated
  WallTime provisioned_at{};
};

enum class Health { unknown, up, down };
struct HostHealth {
  std::string host;
  Health health = Health::unknown;
  WallTime since{};      // of the present state
  WallTime last_seen{};  // last successful poll
  std::string reason;    // why it is down; or, of one that is up, what it refuses and why
  bool partly = false;   // of one that is up with a reason: some classes fail, the others are answered
};

struct RunRecord {
  std::int64_t id = 0;
  std::string command;    // "provision", "restart", "uninstall"
  std::string inventory;  // path
  std::string started_by;
  WallTime started{};
  WallTime ended{};  // epoch while running
  int exit_status = -1;
  std::string stopped = {};  // why it was ended early
};
struct StepRecord {
  std::int64_t run = 0;
  std::string host;
  std::string step;
  std::string state;  // "ok", "changed", "failed", "skipped"
  std::string code;   // error code word, "" when ok
  std::string text;   // error or detail
  std::string hint;
  std::chrono::milliseconds took{};
  WallTime began{};  // epoch: not known
};

struct Sample {
  std::string host;
  WallTime at{};
  std::string class_name;
  std::string instance;  // key text, e.g. "_Total"
  std::string property;
  double value = 0;
};

class Store {
 public:
  // Makes the state folder (0700) and an empty database; one that exists is opened as it is.
  static Result<Store> create(const std::string& state_folder);
  static Result<Store> open(const std::string& state_folder);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  Result<void> put_host(const HostRecord& host);
  Result<std::vector<HostRecord>> hosts();
  Result<HostRecord> host(const std::string& name);
  // At once for whoever asks; the host's samples are deleted when they are old (prune).
  Result<void> remove_host(const std::string& name);

  Result<std::int64_t> begin_run(const RunRecord& run);
  Result<void> put_step(const StepRecord& step);
  // One transaction: all of them or none.
  Result<void> put_steps(const std::vector<StepRecord>& steps);
  Result<void> end_run(std::int64_t run, WallTime ended, int exit_status, const std::string& stopped = {});
  Result<std::vector<RunRecord>> runs(std::size_t newest);
  Result<std::vector<StepRecord>> steps(std::int64_t run);

  // A number that differs from the last one when somebody else committed in between.
  Result<std::int64_t> foreign_changes();

  // One transaction. What belongs to a host that is not registered (any more) is left out.
  Result<void> put_poll(const std::vector<Sample>& samples, const std::vector<HostHealth>& health);
  Result<std::vector<HostHealth>> health();
  // Nothing when nobody has looked yet.
  Result<std::optional<HostHealth>> health_of(const std::string& host);
  // The newest value of each series of the host.
  Result<std::vector<Sample>> latest_samples(const std::string& host);
  Result<std::uint64_t> sample_count();
  // What is older may go. A run counts from its begin; the newest one stays, whatever its age: it is what
  // `muster runs show` shows.
  struct Oldest {
    WallTime sample{};
    WallTime run{};
  };
  // Deletes about kPruneSlice samples, or else steps of runs, in one short transaction. True: there are more.
  static constexpr int kPruneSlice = 20'000;
  Result<bool> prune(const Oldest& kept);

  struct Database;  // for orchestrator/store only

 private:
  explicit Store(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace muster
