// SPDX-License-Identifier: GPL-2.0-or-later
// In which waves the hosts of a run are worked on, and when enough of them have gone wrong. Pure: counts only.
//
// A host is bad when it failed or could not be reached; a host that was never begun is neither bad nor well. The budget
// holds for the run and for each wave: as soon as more hosts are bad than it allows of the one or of the other, no host
// is begun any more. docs/rollout.md has the truth table.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace muster {

// "5" or "10%".
struct Share {
  std::size_t number = 0;
  bool percent = false;
};

// Errors: malformed: no such form, or more than 100 %.
Result<Share> parse_share(std::string_view text);
std::string to_text(const Share& share);

struct RolloutRules {
  std::size_t canary = 0;  // hosts of the first wave; 0: there is none
  std::optional<Share>
      batch;  // hosts of each further wave; without: all that are left. A share of all, rounded up
  std::optional<Share> max_fail;  // without: any number may be bad, but for canaries, which must all be well
};

class Rollout {
 public:
  Rollout(const RolloutRules& rules, std::size_t hosts);

  // How many hosts may have been begun by now, in the order of the run.
  std::size_t open() const { return end_; }
  std::size_t waves() const { return sizes_.size(); }
  std::size_t wave() const { return wave_; }  // counts from 1; 0 for a run without hosts
  std::size_t wave_size() const { return wave_ == 0 ? 0 : sizes_[wave_ - 1]; }
  std::size_t next_size() const { return wave_ < sizes_.size() ? sizes_[wave_] : 0; }
  bool is_canary() const { return rules_.canary > 0 && wave_ == 1; }

  // One of the hosts that were begun has ended, or could not be begun at all.
  void ended(bool well);
  // All hosts of this wave have ended, and there is another.
  bool waits_for_next() const { return ended_ == end_ && wave_ < sizes_.size(); }
  void next_wave();

  // Why no host may be begun any more: "3 of 20 hosts failed, --max-fail 10% allows 2".
  std::optional<std::string> exceeded() const;

 private:
  // How many of this many may be bad.
  std::size_t allowed(std::size_t hosts) const;

  RolloutRules rules_;
  std::size_t hosts_;
  std::vector<std::size_t> sizes_;
  std::size_t wave_ = 0;
  std::size_t end_ = 0;    // of this wave
  std::size_t ended_ = 0;  // of all
  std::size_t bad_ = 0;
  std::size_t bad_of_wave_ = 0;
};

}  // namespace muster
