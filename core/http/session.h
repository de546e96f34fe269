// SPDX-License-Identifier: GPL-2.0-or-later
// One connection of the server, from its handshake to its end.
//
// Ownership  SessionSet owns the sessions; callbacks hold weak references, so a late answer finds nobody.
// Threads    the loop's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/http/coding.h"
#include "core/http/loop.h"
#include "core/http/request_reader.h"
#include "core/http/server.h"
#include "core/http/session_set.h"
#include "core/http/tls_stream.h"

namespace muster::http {

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<SessionSet> set, std::unique_ptr<TlsStream> stream, Peer peer, std::string source);

  // Goes on as far as it can without waiting.
  void pump();
  void close();
  // close(), having told the peer.
  void finish();
  // finish(), after the answer that is due.
  void leave();
  // The deadline has passed: answers if that makes sense, then ends the connection.
  void expire();
  bool expired(std::chrono::steady_clock::time_point now) const { return now >= deadline_; }
  bool has_request() const;
  // A request is being worked on, and nothing is read meanwhile.
  bool in_work() const { return state_ == State::deciding || state_ == State::serving; }
  int fd() const { return stream_->fd(); }
  // What poll(2) says of the socket of a session in work: the peer has left.
  bool has_left(short events);
  // Ends a session in work whose peer has left, and tells whoever works.
  void abandon();
  const std::string& source() const { return source_; }
  const std::string& address() const { return peer_.address; }
  const Peer& peer() const { return peer_; }
  // The end of the client's certificate; without one, the end of time.
  std::chrono::system_clock::time_point certified_until() const { return certified_until_; }
  Standing standing() const { return standing_; }
  bool served() const { return served_; }  // well, be it as a stranger
  // It left while its login was being judged: a verdict may have been good.
  bool unjudged() const { return unjudged_; }
  Worth worth() const;

 private:
  enum class State { handshake, idle, head, deciding, body, serving, writing, lingering, closed };

  Promise promise() const;
  bool advance();  // true: call it again
  bool advance_handshake();
  bool advance_idle();
  bool advance_reading();
  bool advance_writing();
  bool advance_lingering();

  void feed(std::string_view bytes);
  void follow_reader();
  void ask_authority();
  void decided(std::uint64_t request, Verdict verdict);
  void admitted(Serve serve);
  void rise(Standing to);
  bool agree_on_codings();
  void serve_request();
  void pack(Response& response) const;
  void when_gone(std::uint64_t request, std::function<void()> call);
  void responded(std::uint64_t request, Response response);
  void refuse(int status, std::string_view reason);
  void answer(const Response& response);
  void write_then(std::string text, State next);
  void begin_linger();
  void enter(State state, std::chrono::steady_clock::duration limit);
  // From now on bytes have to move: the deadline follows them, up to `end`.
  void begin_pace(std::chrono::steady_clock::time_point end);
  void keep_pace(std::size_t moved_bytes);
  bool wait(Step step);  // always false

  std::shared_ptr<SessionSet> set_;
  std::unique_ptr<TlsStream> stream_;
  Peer peer_;
  std::string source_;
  const Repute repute_;  // of the source, when it came
  State state_ = State::handshake;
  State next_ = State::idle;  // behind `writing`
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point deadline_;
  std::chrono::steady_clock::time_point pace_began_;
  std::chrono::steady_clock::time_point pace_end_;
  std::size_t moved_bytes_ = 0;
  std::unique_ptr<RequestReader> reader_;  // while a request is being read
  std::string pending_;                    // received, not consumed by the reader yet
  std::string output_;
  std::size_t written_ = 0;
  std::size_t lingered_ = 0;
  Standing standing_ = Standing::stranger;
  bool served_ = false;
  bool unjudged_ = false;
  Serve serve_;
  std::function<void()> gone_;                    // of whoever works on the request
  Coding coding_ = Coding::identity;              // of the request's body
  Acceptable acceptable_ = Acceptable::identity;  // for its answer
  std::uint64_t request_ = 0;    // counts this connection's requests: late callbacks carry an old number
  std::uint64_t decided_ = 0;    // the last request that had its verdict,
  std::uint64_t responded_ = 0;  // and its response
  std::chrono::system_clock::time_point certified_until_ = std::chrono::system_clock::time_point::max();
  bool leaving_ = false;
  bool pumping_ = false;
  bool waiting_ = false;
};

}  // namespace muster::http
