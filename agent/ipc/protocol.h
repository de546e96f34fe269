// SPDX-License-Identifier: GPL-2.0-or-later
// What the agent's processes may say to each other. This table is the whole protocol: a frame whose tag,
// direction or state is not in it ends the connection, and with it the process that sent it.
//
// Limits  kMaxFrameBytes per frame (one SOCK_SEQPACKET datagram); a longer row travels in several frames.
// Source  the three-process model in docs/security.md.
#pragma once

#include <cstddef>
#include <cstdint>

namespace muster::ipc {

inline constexpr std::size_t kMaxFrameBytes = std::size_t{48} * 1024;
inline constexpr std::uint16_t kVersion = 1;

enum class Party : std::uint8_t { monitor, front, providers, executor, courier };

// Where a process is in its life, as its peer knows it.
enum class State : std::uint8_t { starting, serving };

enum class Tag : std::uint16_t {
  ready = 1,          // "I serve now"
  authenticate = 2,   // user, password, source address
  authenticated = 3,  // verdict, user, ticket
  providers = 4,      // a fresh channel to the provider host comes along as a descriptor
  identity = 5,       // new key and certificates: private key PEM, bundle PEM
  stuck = 6,          // a call has outlived its deadline: restart the provider host
  fetch = 7,          // a query or a call, see agent/host/fetch.h and call.h
  rows = 8,           // rendered instances; the last may end the answer
  done = 9,           // the end of an answer otherwise: error code word, text
  run = 10,           // part of an order to carry out a method as its caller, see agent/ipc/run_order.h
  executor = 11,      // ... is granted: the channel to the executor of that order comes along as a descriptor
  // lines of log files as events; see agent/ipc/watch_order.h
  watch = 12,     // part of an order to watch a log file as its caller; answered as `run` is
  unwatch = 13,   // ... is not wanted any more: the watch's name
  vouch = 14,     // ... is wanted for longer: the watch's name, and the caller with a proof
  watching = 15,  // the file is watched from now on
  matches =
      16,  // lines, each as the numbers of the expressions and its text; the next follow when these are taken
  taken = 17,     // ... which they are
  leave = 18,     // the answer of a method is not wanted any more: why, see agent/ipc/run_order.h
  settings = 21,  // what of the configuration has changed, see agent/settings.h
  unwell = 20,    // a class that hung: its name, how often in a row, seconds for which it is not asked
  // events; the fields are those of agent/courier/frames.h
  wants_courier = 30,  // start the courier, or another one
  courier = 31,        // a fresh channel to the courier comes along as a descriptor
  order = 32,          // keep a subscription
  put = 33,            // keep an event
  renew = 34,          // a subscription lives longer
  close = 35,          // a subscription has ended
  settled = 36,        // the answer to the four: done, or the fault
  resumed = 37,        // a subscription that was kept; without fields: these were all
  ended = 38,          // a subscription whose sink is gone or refused
  arrived = 39,        // a kept event for a subscription that pulls, or how many were dropped
};

struct Rule {
  Tag tag;
  Party from;
  Party to;
  State state;      // of the unprivileged party of the pair, or of the provider host
  bool descriptor;  // exactly one descriptor comes along
};

inline constexpr Rule kRules[] = {
    {Tag::ready, Party::front, Party::monitor, State::starting, false},
    {Tag::authenticate, Party::front, Party::monitor, State::serving, false},
    {Tag::stuck, Party::front, Party::monitor, State::serving, false},
    {Tag::authenticated, Party::monitor, Party::front, State::serving, false},
    {Tag::providers, Party::monitor, Party::front, State::serving, true},
    {Tag::identity, Party::monitor, Party::front, State::serving, false},
    {Tag::settings, Party::monitor, Party::front, State::serving, false},
    {Tag::fetch, Party::front, Party::providers, State::serving, false},
    {Tag::unwell, Party::front, Party::providers, State::serving, false},
    {Tag::rows, Party::providers, Party::front, State::serving, false},
    {Tag::done, Party::providers, Party::front, State::serving, false},
    {Tag::run, Party::front, Party::monitor, State::serving, false},
    {Tag::executor, Party::monitor, Party::front, State::serving, true},
    {Tag::done, Party::monitor, Party::front, State::serving, false},  // an order is refused
    {Tag::rows, Party::executor, Party::front, State::serving, false},
    {Tag::done, Party::executor, Party::front, State::serving, false},
    {Tag::watch, Party::front, Party::monitor, State::serving, false},
    {Tag::unwatch, Party::front, Party::monitor, State::serving, false},
    {Tag::vouch, Party::front, Party::monitor, State::serving, false},
    {Tag::watching, Party::executor, Party::front, State::serving, false},
    {Tag::matches, Party::executor, Party::front, State::serving, false},
    {Tag::taken, Party::front, Party::executor, State::serving, false},
    {Tag::leave, Party::front, Party::executor, State::serving, false},
    {Tag::wants_courier, Party::front, Party::monitor, State::serving, false},
    {Tag::courier, Party::monitor, Party::front, State::serving, true},
    {Tag::order, Party::front, Party::courier, State::serving, false},
    {Tag::put, Party::front, Party::courier, State::serving, false},
    {Tag::renew, Party::front, Party::courier, State::serving, false},
    {Tag::close, Party::front, Party::courier, State::serving, false},
    {Tag::settled, Party::courier, Party::front, State::serving, false},
    {Tag::resumed, Party::courier, Party::front, State::serving, false},
    {Tag::ended, Party::courier, Party::front, State::serving, false},
    {Tag::arrived, Party::courier, Party::front, State::serving, false},
};

constexpr bool permitted(Tag tag, Party from, Party to, State state, bool descriptor) {
  for (const Rule& rule : kRules) {
    if (rule.tag == tag && rule.from == from && rule.to == to && rule.state == state &&
        rule.descriptor == descriptor) {
      return true;
    }
  }
  return false;
}

}  // namespace muster::ipc
