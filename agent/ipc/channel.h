// SPDX-License-Identifier: GPL-2.0-or-later
// One end of a socketpair between two of the agent's processes. Frames that the protocol table does not
// permit are refused on arrival; the caller then ends the connection.
//
// Errors   unreachable (the peer is gone), malformed (not permitted, no frame, or too long), timeout (queue
//          full).
// Limits   kMaxQueued frames wait when the socket is full; one more is refused.
// Threads  one.
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "agent/ipc/frame.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/secret.h"

namespace muster::ipc {

struct Arrival {
  Frame frame;
  Fd descriptor;  // when the protocol says that one comes along
};

class Channel {
 public:
  static constexpr std::size_t kMaxQueued = 512;

  // A connected pair; close-on-exec, non-blocking.
  static Result<std::pair<Fd, Fd>> make_pair();

  Channel(Fd socket, Party self, Party peer, State state)
      : socket_(std::move(socket)), self_(self), peer_(peer), state_(state) {}

  // Sends now, or queues when the socket is full.
  Result<void> send(const Frame& frame, int descriptor = -1);
  // Sends what is queued, as far as the socket takes it.
  Result<void> flush();
  bool queued() const { return !queue_.empty(); }
  // Of so many frames none is refused because the queue is full.
  std::size_t room() const { return kMaxQueued - queue_.size(); }
  // For processes that have nothing else to do: waits until everything is sent.
  Result<void> flush_and_wait();

  // nullopt: nothing there now.
  Result<std::optional<Arrival>> receive();
  // For processes that have nothing else to do: the same, having waited for something for so long (0: for ever) or a
  // little longer or shorter, by kSlack. One system call, where poll(2) and receive() are two.
  Result<std::optional<Arrival>> receive_within(std::chrono::milliseconds time);
  static constexpr std::chrono::milliseconds kSlack{200};

  void enter(State state) { state_ = state; }
  int fd() const { return socket_.get(); }

 private:
  struct Outgoing {
    std::string bytes;
    Fd descriptor;
  };
  enum class Sent { yes, full };
  // Passwords, keys and what is run for somebody: all is wiped that has passed. Rows of providers, which are long, are
  // what any client is told.
  bool carries_secrets() const { return self_ != Party::providers && peer_ != Party::providers; }
  void forget(char* bytes, std::size_t size) const;
  Result<Sent> try_send(const Outgoing& outgoing);
  Result<void> wait_at_most(std::chrono::milliseconds time);
  Result<std::optional<Arrival>> receive(int flags);

  Fd socket_;
  Party self_;
  Party peer_;
  State state_;
  std::deque<Outgoing> queue_;
  std::optional<std::chrono::milliseconds> longest_wait_;  // as the socket was told
};

}  // namespace muster::ipc
