// SPDX-License-Identifier: GPL-2.0-or-later
// When a host has been silent for so long that somebody should look, counted from what was last heard of it.
//
// A look is a poll or a probe. While one is under way no other begins; a look that was not answered is
// followed by a second one soon, and that one is always a probe, because a probe ends sooner than a poll.
//
// Promise  a host that goes silent is known to be gone after at most
//            silence + tick              the first look begins (a poll, if one fell due just then)
//            + the longest look          it is given up
//            + second_look + tick        the probe begins
//            + the deadline of a probe   it is given up.
//          With the poller's defaults: 10 + 0.1 + 10 + 1 + 0.1 + 5 = 26.2 s, whatever the interval of polls.
//          A poll of several classes is no longer: each answer is a sign of life, the first miss ends it.
// Load     a host that answers is looked at once in `silence` at most, besides its polls.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace muster {

class Lookout {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::milliseconds;

  Lookout(Duration silence, Duration second_look) : silence_(silence), second_look_(second_look) {}

  // The first look comes within `silence`, at a time that depends on the name: a fleet is not asked at once.
  void add(const std::string& host, Time now);
  void remove(const std::string& host);

  // Whose silence has lasted: a probe of each is to begin now, and is noted as begun.
  std::vector<std::string> take_due(Time now);
  // False when a look is under way or the second one is awaited: no poll may begin.
  bool begin_poll(const std::string& name);

  // How the look ended.
  void answered(const std::string& host, Time now) { end(host, now + silence_, Doubt::none); }
  void missed(const std::string& name, Time now);

 private:
  enum class Doubt { none, first_miss, settled };
  struct Host {
    Time next;
    bool busy = false;
    Doubt doubt = Doubt::none;
  };

  void end(const std::string& name, Time next, Doubt doubt);

  Duration silence_;
  Duration second_look_;
  std::map<std::string, Host> hosts_;
  std::set<std::pair<Time, std::string>> queue_;  // those that are not busy
};

}  // namespace muster
