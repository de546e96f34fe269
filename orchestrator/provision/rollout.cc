// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/rollout.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace muster {
namespace {

constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kMostNumber = 1'000'000'000;

std::string counted(std::size_t hosts) {
  return std::to_string(hosts) + (hosts == 1 ? " host" : " hosts");
}

std::size_t batch_size(const Share& share, std::size_t hosts) {
  const std::size_t size = share.percent ? (hosts * share.number + 99) / 100 : share.number;
  return std::max<std::size_t>(size, 1);
}

}  // namespace

Result<Share> parse_share(std::string_view text) {
  Share share;
  const bool percent = text.ends_with('%');
  const auto digits = text.substr(0, text.size() - (percent ? 1 : 0));
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), share.number);
  share.percent = percent;
  if (digits.empty() || code != std::errc{} || end != digits.data() + digits.size() ||
      share.number > kMostNumber) {
    return fail(Errc::malformed, "'" + std::string(text) + "': neither a number nor a percentage",
                "write 5 or 10%");
  }
  if (percent && share.number > 100) {
    return fail(Errc::malformed, "'" + std::string(text) + "': more than all", "at most 100%");
  }
  return share;
}

std::string to_text(const Share& share) {
  return std::to_string(share.number) + (share.percent ? "%" : "");
}

Rollout::Rollout(const RolloutRules& rules, std::size_t hosts) : rules_(rules), hosts_(hosts) {
  std::size_t left = hosts;
  const auto add = [&](std::size_t size) {
    sizes_.push_back(std::min(size, left));
    left -= sizes_.back();
  };
  if (rules.canary > 0 && left > 0) add(rules.canary);
  while (left > 0) add(rules.batch ? batch_size(*rules.batch, hosts) : left);
  if (!sizes_.empty()) next_wave();
}

void Rollout::ended(bool well) {
  ++ended_;
  if (well) return;
  ++bad_;
  ++bad_of_wave_;
}

void Rollout::next_wave() {
  end_ += sizes_[wave_++];
  bad_of_wave_ = 0;
}

// A percentage is of what it is a percentage of, rounded down: 10% of 5 hosts allows none.
std::size_t Rollout::allowed(std::size_t hosts) const {
  if (!rules_.max_fail) return kAny;
  return rules_.max_fail->percent ? hosts * rules_.max_fail->number / 100 : rules_.max_fail->number;
}

std::optional<std::string> Rollout::exceeded() const {
  if (!rules_.max_fail) {
    if (!is_canary() || bad_of_wave_ == 0) return std::nullopt;
    return std::to_string(bad_of_wave_) + " of " + counted(wave_size()) + " of the canary went wrong";
  }
  const std::string rule = ", --max-fail " + to_text(*rules_.max_fail) + " allows ";
  if (sizes_.size() > 1 && bad_of_wave_ > allowed(wave_size())) {
    const std::string name = is_canary() ? "the canary" : "batch " + std::to_string(wave_);
    return std::to_string(bad_of_wave_) + " of " + counted(wave_size()) + " of " + name + " went wrong" +
           rule + std::to_string(allowed(wave_size()));
  }
  if (bad_ > allowed(hosts_)) {
    return std::to_string(bad_) + " of " + counted(hosts_) + " went wrong" + rule +
           std::to_string(allowed(hosts_));
  }
  return std::nullopt;
}

}  // namespace muster
