// SPDX-License-Identifier: GPL-2.0-or-later
// Is a host there? Up at the first answer, down at the second miss in a row: one lost packet is no outage.
// A host whose state was stored keeps it, so that a restart forgets nothing and reports nothing twice.
#pragma once

#include <optional>
#include <string>

#include "orchestrator/store/store.h"

namespace muster {

class Liveness {
 public:
  static constexpr int kMissesUntilDown = 2;

  explicit Liveness(HostHealth stored) : state_(std::move(stored)) {}

  struct Change {
    Health from;
    Health to;
    std::chrono::system_clock::duration lasted;  // how long `from` had; zero when unknown
  };
  std::optional<Change> answered(WallTime now);
  std::optional<Change> missed(WallTime now, const std::string& reason);
  // It answers, and refuses every poll or some classes; without a reason: it does not any more. True: that is
  // news.
  struct Refusal {
    std::string reason;
    bool partly = false;
  };
  bool refused(const Refusal& refusal);

  const HostHealth& state() const { return state_; }

 private:
  Change turn(Health to, WallTime now);

  HostHealth state_;
  int misses_ = 0;
};

// "web1: down: connection refused (10.0.0.5:1270); last seen 12 s ago" or "web1: up again after 3 m 5 s".
std::string change_text(const HostHealth& state, const Liveness::Change& change, WallTime now);

// An error that begins with "HOST:PORT: " as "REASON (HOST:PORT)".
std::string reason_text(const std::string& what, const std::string& peer);

}  // namespace muster
