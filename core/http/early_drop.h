// SPDX-License-Identifier: GPL-2.0-or-later
// When too many connections have not authenticated yet, some have to go: the more there are, the likelier, as in
// MaxStartups of sshd_config(5).
//
// Which of them goes is not left to chance. A flood is made of connections that say nothing, or that finish the
// handshake without a certificate and ask nothing; whoever goes on talking stays. Before all that counts what
// the source is known for: who polls with a password every minute does not lose a place to guesses, and whoever comes
// for the first time loses none to somebody whose login failed a moment ago.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace muster::http {

struct EarlyDrop {
  std::size_t start = 0;  // up to here all stay; 0: nothing is dropped
  unsigned percent = 0;   // the chance from there on,
  std::size_t full = 0;   // growing to certainty here

  bool enabled() const { return full > 0; }
  // With as many strangers there, before a newcomer; `dice` is from 0 to 99.
  bool drops(std::size_t strangers, unsigned dice) const;
};

// What a stranger's connection is worth, least first.
enum class Promise : std::uint8_t {
  over,      // answered and refused
  silent,    // has not sent a byte
  idle,      // has finished the handshake, without a certificate, and asks nothing
  greeting,  // in the handshake
  asking,    // has begun a request
  deciding,  // its login is being checked
};

enum class Repute : std::uint8_t {
  bad,  // has offences that count against it (penalties.h)
  none,
  good,  // somebody was let in from there lately
};

struct Worth {
  Repute repute = Repute::none;  // of its source
  Promise promise = Promise::over;
  std::chrono::steady_clock::time_point since{};  // its beginning: the older goes first

  auto operator<=>(const Worth&) const = default;
};

}  // namespace muster::http
