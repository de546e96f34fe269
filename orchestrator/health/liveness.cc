// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/health/liveness.h"

#include <algorithm>

#include "orchestrator/cli/time_text.h"

namespace muster {
namespace {

std::string seconds_text(std::chrono::system_clock::duration duration) {
  return duration_text(std::chrono::duration_cast<std::chrono::seconds>(duration));
}

bool known(WallTime time) {
  return time != WallTime{};
}

}  // namespace

Liveness::Change Liveness::turn(Health to, WallTime now) {
  const Change change{state_.health, to,
                      known(state_.since) ? now - state_.since : WallTime::duration::zero()};
  state_.health = to;
  state_.since = now;
  return change;
}

std::optional<Liveness::Change> Liveness::answered(WallTime now) {
  misses_ = 0;
  state_.last_seen = now;
  if (state_.health == Health::up) return std::nullopt;
  state_.reason.clear();
  state_.partly = false;
  return turn(Health::up, now);
}

std::optional<Liveness::Change> Liveness::missed(WallTime now, const std::string& reason) {
  misses_ = std::min(misses_ + 1, kMissesUntilDown);
  if (misses_ < kMissesUntilDown) return std::nullopt;
  state_.reason = reason;
  state_.partly = false;
  if (state_.health == Health::down) return std::nullopt;
  return turn(Health::down, now);
}

bool Liveness::refused(const Refusal& refusal) {
  if (state_.health != Health::up) return false;
  if (state_.reason == refusal.reason && state_.partly == refusal.partly) return false;
  state_.reason = refusal.reason;
  state_.partly = refusal.partly;
  return true;
}

std::string change_text(const HostHealth& state, const Liveness::Change& change, WallTime now) {
  if (change.to == Health::down) {
    const auto seen =
        known(state.last_seen) ? "last seen " + seconds_text(now - state.last_seen) + " ago" : "never seen";
    return state.host + ": down: " + state.reason + "; " + seen;
  }
  const bool again = change.from == Health::down && change.lasted > WallTime::duration::zero();
  return state.host + (again ? ": up again after " + seconds_text(change.lasted) : ": up");
}

std::string reason_text(const std::string& what, const std::string& peer) {
  const auto prefix = peer + ": ";
  if (!what.starts_with(prefix)) return what;
  return what.substr(prefix.size()) + " (" + peer + ")";
}

}  // namespace muster
