// SPDX-License-Identifier: GPL-2.0-or-later
// TLS over a non-blocking socket that OpenSSL reads and writes itself; Asio only waits for the descriptor.
// asio::ssl::stream keeps 60 kB of buffers for each connection, this keeps none.
//
// Every operation is one attempt: it moves what it can and says what to wait for.
// Ownership  the stream owns the socket; a pending wait is dropped with it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/http/loop.h"
#include "core/tls/context.h"
#include "core/tls/handles.h"

namespace muster::http {

enum class Step {
  done,
  want_read,   // call again when the socket is readable
  want_write,  // call again when it is writable
  closed,      // the peer ended the TLS session properly
  failed,      // anything else: reset, end without close_notify, broken record, refused certificate
};

class TlsStream {
 public:
  static Result<std::unique_ptr<TlsStream>> accept(Loop& loop, Fd socket, const tls::Context& context);
  // `name` is what the server's certificate must be issued for: a DNS name (also sent as SNI) or an address.
  static Result<std::unique_ptr<TlsStream>> connect(Loop& loop, Fd socket, const tls::Context& context,
                                                    const std::string& name);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;
  TlsStream(TlsStream&&) = delete;
  TlsStream& operator=(TlsStream&&) = delete;

  Step handshake();
  // `moved` is set when the step is done, and at least 1 then.
  Step read(std::span<char> into, std::size_t& moved);
  Step write(std::string_view bytes, std::size_t& moved);
  // True when a read may succeed although the socket has nothing: bytes wait inside OpenSSL.
  bool holds_input() const;
  bool heard() const;  // the peer has sent something
  // The peer has ended the TLS session, or broken it; tells behind what it has sent before. Nothing is lost by asking:
  // a record that was read meanwhile waits inside OpenSSL.
  bool ended();
  // Tells the peer that nothing more comes, as far as that is possible without waiting.
  void finish();

  // Calls back once. `step` is want_read or want_write; at most one wait at a time.
  void wait(Step step, std::function<void()> ready);
  void cancel();  // drops the wait, unless its callback is on its way already

  int fd() const;
  // The peer's certificate when there is one and it was verified in the handshake.
  std::optional<tls::Certificate> verified_peer() const;
  // Why the last step failed, beginning with `object`. Ask at once: OpenSSL's error queue has the words.
  Error failure(const std::string& object) const;

 private:
  struct State;
  explicit TlsStream(std::unique_ptr<State> state);
  static Result<std::unique_ptr<TlsStream>> create(Loop& loop, Fd socket, const tls::Context& context);
  Step outcome(int returned);

  std::unique_ptr<State> state_;
};

// The loop's one read buffer: an idle connection holds none. What is read must be used or copied before
// anything else may read.
std::span<char> read_buffer();

}  // namespace muster::http
