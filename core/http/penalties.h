// SPDX-License-Identifier: GPL-2.0-or-later
// Sources that misbehave wait. Each offence adds to the time for which a source has to wait, and once that time has
// grown to `least` everything from there is refused until it is over. Below it nothing happens: one mistake is free.
// A source that was refused and begins again within kMemory pays kAgain times as much, each time: whoever guesses
// passwords slowly is soon refused for `most`.
//
// Trust   a source from where a valid certificate was shown is not refused for kTrust; exempt ones never are.
// Limits  `sources` of them are remembered, of the trusted ones kMostTrusted; whoever was not heard of for longest is
//         forgotten first.
// Threads one.
// Source  PerSourcePenalties of sshd_config(5).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/http/recent_sources.h"

namespace muster::http {

enum class Offence {
  failed_login,  // PAM said no
  no_login,      // a connection that ended before anybody was let in on it, for whatever reason
};

struct PenaltyRules {
  std::chrono::seconds failed_login{5};
  std::chrono::seconds no_login{1};
  std::chrono::seconds least{15};  // from here on it is refused
  std::chrono::seconds most{600};
  std::size_t sources = 0;               // how many are remembered; 0: no penalties at all
  std::vector<std::string> exempt = {};  // keys of sources
};

class Penalties {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::hours kTrust{1};
  static constexpr std::chrono::hours kMemory{1};
  static constexpr int kAgain = 4;
  static constexpr std::size_t kMostTrusted = 64;

  explicit Penalties(PenaltyRules rules) : rules_(std::move(rules)) {}

  // True when the source is refused from now on and was not before: the moment to write it down. `source` is its key
  // (address.h), `name` is what people call it.
  [[nodiscard]] bool add(const std::string& source, const std::string& name, Offence offence, Time now);
  // Counts the refusal, too.
  bool refuses(const std::string& source, Time now);
  std::chrono::seconds left(const std::string& source, Time now) const;

  void forgive(const std::string& source);
  void trust(const std::string& source, Time now);
  bool trusts(const std::string& source, Time now) const;  // or is it exempt
  // What was added stays, unless there are no penalties any more.
  void follow(PenaltyRules rules);

  struct Episode {
    std::string name;
    std::uint64_t refused;
  };
  // Of the sources that are not refused any more.
  std::vector<Episode> take_ended(Time now);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string source;
    std::string name;
    Time until;
    bool bites = false;
    int price = 1;  // of an offence, in times of what it costs at first
    std::uint64_t refused = 0;
  };
  using Entries = std::list<Entry>;

  Entry& entry_of(const std::string& source);
  void end_episode(Entry& entry);
  void forget(Entries::iterator entry);

  PenaltyRules rules_;
  Entries entries_;  // the one that offended last at the end
  std::unordered_map<std::string, Entries::iterator> by_source_;
  RecentSources trusted_{kMostTrusted, kTrust};
  std::vector<Episode> ended_;
};

}  // namespace muster::http
