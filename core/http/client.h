// SPDX-License-Identifier: GPL-2.0-or-later
// An HTTPS client on a Loop: one kept-alive connection to one server, requests one after the other.
//
// Limits     64 requests wait at most; more are answered at once with `internal`.
// Deadlines  each request has one that covers name lookup, connecting, the handshake and the answer.
// Errors     unreachable (refused, no route, reset, name not found), timeout, untrusted (with the reason from
//            tls/verify.h), malformed (the answer breaks HTTP or its limit). `what` begins with "HOST:PORT".
// Threads    all callbacks run in the loop's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/http/loop.h"
#include "core/http/message.h"
#include "core/tls/context.h"

namespace muster::http {

struct Endpoint {
  std::string host;  // where to connect: name or address
  std::uint16_t port = 1270;
  std::string name;  // what the server's certificate must be issued for; empty: `host`
};

// Whether a request may reach the server twice: a kept connection that breaks before any byte of the answer
// does not say whether the server has acted. `never` answers `unreachable` then.
enum class Repeat { safe, never };

class Client {
 public:
  using Answer = std::function<void(Result<Response>)>;  // called exactly once, never from inside post()

  // The loop must outlive the client. Nothing is connected until the first request.
  static std::unique_ptr<Client> create(Loop& loop, Endpoint endpoint, std::shared_ptr<tls::Context> context,
                                        std::size_t body_limit_bytes = std::size_t{32} * 1024 * 1024);
  virtual ~Client() = default;  // a request in work is dropped without an answer

  // POST. A kept-alive connection that is seen to be closed before anything was sent is always reconnected.
  virtual void post(std::string target, std::vector<Field> fields, std::string body,
                    std::chrono::milliseconds deadline, Repeat repeat, Answer answer) = 0;
  // Gives the kept connection back, at once or after the request in work.
  virtual void close() = 0;
};

// For command lines: runs a loop until the answer is there. The connection is new, so nothing is repeated.
Result<Response> post_and_wait(const Endpoint& endpoint, const std::shared_ptr<tls::Context>& context,
                               std::string target, std::vector<Field> fields, std::string body,
                               std::chrono::milliseconds deadline);

}  // namespace muster::http
