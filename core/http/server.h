// SPDX-License-Identifier: GPL-2.0-or-later
// An HTTPS server on a Loop: Beast parses, a small TLS stream of our own carries.
//
// A request is authorised when its head is complete and before any byte of its body is read or "100 Continue"
// is sent; what the handler hands back is the right to serve that one request.
//
// Limits   struct Limits; each broken limit has its own status or closes the connection (docs/protocol.md).
// A client that ends its connection, or its half of it, while its request is in work has left: nobody is answered, and
// whoever works on it is told (Request::when_gone). That is noticed within half a second.
//
// Errors   a request that breaks HTTP's framing gets 400 and the connection ends; bytes after it are not
//          read.
// Threads  all callbacks run in the loop's thread.
// Source   RFC 9112.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/http/early_drop.h"
#include "core/http/loop.h"
#include "core/http/message.h"
#include "core/http/penalties.h"
#include "core/tls/context.h"

namespace muster::http {

struct Limits {
  std::size_t connections = 256;
  std::size_t connections_per_source = 64;
  std::size_t connections_reserved = 0;  // of `connections`, for peers with a certificate that was verified
  EarlyDrop early_drop = {};             // of strangers: peers that have not been let in yet
  PenaltyRules penalties = {};
  std::size_t head_bytes = std::size_t{16} * 1024;
  std::size_t head_fields = 64;
  std::size_t body_bytes = std::size_t{512} * 1024;  // as it comes, and inflated
  std::chrono::seconds handshake{10};
  std::chrono::seconds head{10};
  std::chrono::seconds body{30};
  std::chrono::seconds response{70};  // handler plus writing
  std::chrono::seconds idle{60};      // between requests of one connection
  // After its grace a body or an answer that comes or goes slower than this is given up.
  std::chrono::seconds slow_grace{5};
  std::size_t slow_bytes_per_second = 1024;
};

using Respond = std::function<void(Response)>;        // called exactly once, from the loop's thread
using Serve = std::function<void(Request, Respond)>;  // the right to serve one authorised request
struct ServeStranger {                                // served although nobody has proved who he is
  Serve serve;
};
using Verdict = std::variant<Response, Serve, ServeStranger>;  // refused with this response, or admitted
using Decide = std::function<void(Verdict)>;                   // called exactly once, from the loop's thread
using Authorise = std::function<void(const Head&, const Peer&, Decide)>;

struct ServerStatistics {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;    // over a connection limit
  std::uint64_t displaced = 0;  // strangers that made room for others
  std::uint64_t penalised = 0;  // refused because of what their source did before
  std::uint64_t handshake_failures = 0;
  std::uint64_t requests = 0;
  std::uint64_t abandoned = 0;  // of these: the client left before the answer
  std::size_t open = 0;
  std::size_t strangers = 0;  // of these
  std::size_t certified = 0;
};

// A bound, listening TCP socket; `address` is an IPv4 or IPv6 literal, "" or "*" for any (IPv6 with IPv4
// mapped, or IPv4 alone on a host without IPv6). Port 0 lets the kernel choose.
Result<Fd> listen_on(const std::string& address, std::uint16_t port);
Result<std::uint16_t> local_port(int listening_fd);

class Server {
 public:
  // The loop must outlive the server. Takes over the listening sockets.
  static Result<std::unique_ptr<Server>> start(Loop& loop, std::vector<Fd> listening,
                                               std::shared_ptr<tls::Context> context, const Limits& limits,
                                               Authorise authorise);
  virtual ~Server() = default;

  // Connections made from now on use the new context; those that exist keep theirs.
  virtual void reload(std::shared_ptr<tls::Context> context) = 0;
  // Ends the connections whose client's certificate is none of these, each after the request in work.
  virtual void keep_only(const std::function<bool(const tls::Certificate&)>& trusted) = 0;
  // From now on; what is open stays open although there may be too many.
  virtual void follow(const Limits& limits) = 0;
  // Stops accepting, lets requests in work finish until the deadline, then calls done.
  virtual void drain(std::chrono::milliseconds deadline, std::function<void()> done) = 0;
  virtual ServerStatistics statistics() const = 0;
};

}  // namespace muster::http
