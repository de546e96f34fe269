// SPDX-License-Identifier: GPL-2.0-or-later
// SSL_CTX for servers and clients: TLS 1.2 with ECDHE and AEAD only, TLS 1.3; no compression, no
// renegotiation, no tickets for servers that ask for client certificates; a small footprint per idle
// connection.
//
// Threads  a Context is shared by any number of connections and threads once made.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/tls/certificate.h"
#include "core/tls/handles.h"
#include "core/tls/key.h"
#include "core/tls/openssl_error.h"

namespace muster::tls {

// Initialises OpenSSL without reading openssl.cnf or loading error strings. Call first; again is harmless.
void initialise();

// Buffers of TLS records come from core/base/kept_blocks from now on. For a process that serves many requests; call
// before anything else of OpenSSL, and ignored afterwards.
void keep_buffers();

enum class ClientCertificates { ignored, requested, required };

class Context {
 public:
  struct Identity {
    const std::vector<Certificate>& chain;  // own certificate first
    const Key& key;                         // must match chain[0]: otherwise `untrusted`
  };
  // An authority in `client_roots` or `roots` is a trust anchor even if it is no root: pinning the issuing CA
  // shuts out the other authorities below the same root.
  // `client_roots` sign the client certificates that are accepted; may be empty only when they are ignored.
  // With `requested`, a client without a certificate is let in (it may use another authentication), a client
  // with one that does not verify is refused in the handshake.
  static Result<std::shared_ptr<Context>> server(Identity identity,
                                                 const std::vector<Certificate>& client_roots,
                                                 ClientCertificates clients);
  // Verifies the server's chain against `roots`; the name is checked per connection (expect_name).
  static Result<std::shared_ptr<Context>> client(const std::vector<Certificate>& roots,
                                                 const Identity* identity);

  SSL_CTX* get() const { return context_.get(); }

 private:
  explicit Context(ContextHandle context) : context_(std::move(context)) {}
  ContextHandle context_;
};

// Before a client's handshake: demands `name` (DNS name or address) of the server's subject alternative names
// and sends a DNS name as SNI. Wildcards and the CN are not consulted. An empty name is `malformed`.
Result<void> expect_name(SSL* connection, std::string_view name);

}  // namespace muster::tls
