// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/context.h"

#include <mutex>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "core/base/kept_blocks.h"
#include "core/tls/names.h"
#include "core/tls/profile.h"

namespace muster::tls {
namespace {

constexpr const char* kTls12Ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kGroups = "X25519:P-256:P-384";
constexpr long kMaxChainBytes = 64L * 1024;
constexpr unsigned char kSessionContext[] = "muster";

Error broken(std::string_view part) {
  return openssl_error(Errc::internal, "TLS context: " + std::string(part));
}

// Buffers are released while a connection idles (17 kB instead of 33); read-ahead halves the reads per
// request.
Result<ContextHandle> make(const SSL_METHOD* method) {
  initialise();
  ERR_clear_error();
  ContextHandle context(SSL_CTX_new(method));
  if (!context) return fail(broken("cannot be made"));
  SSL_CTX* c = context.get();
  SSL_CTX_set_security_level(c, kSecurityLevel);
  SSL_CTX_set_options(c, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                          SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_read_ahead(c, 1);
  SSL_CTX_set_max_cert_list(c, kMaxChainBytes);
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
  if (SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(c, kTls12Ciphers) != 1 || SSL_CTX_set1_groups_list(c, kGroups) != 1) {
    return fail(broken("protocol settings"));
  }
  return context;
}

Result<void> use_identity(SSL_CTX* context, const Context::Identity& identity) {
  if (identity.chain.empty()) return fail(Errc::malformed, "TLS identity: no certificate");
  const Certificate& own = identity.chain.front();
  if (auto pair = own.matches(identity.key); !pair) return pair;
  const std::string object = "certificate " + own.subject();
  if (SSL_CTX_use_certificate(context, own.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, identity.key.get()) != 1) {
    return fail(openssl_error(Errc::untrusted, object));
  }
  for (std::size_t i = 1; i < identity.chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, identity.chain[i].get()) != 1) {
      return fail(openssl_error(Errc::untrusted, object + ": certificate above it"));
    }
  }
  return {};
}

Result<void> trust(SSL_CTX* context, const std::vector<Certificate>& roots, int purpose, Issuer issuer) {
  if (roots.empty()) {
    return fail(Errc::malformed, "TLS context: no trusted certificate authority",
                "name at least one CA file");
  }
  for (const Certificate& root : roots) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root.get()) != 1) {
      return fail(openssl_error(Errc::internal, "trusted certificate " + root.subject()));
    }
  }
  if (apply_verification_profile(SSL_CTX_get0_param(context), purpose, issuer)) return {};
  return fail(broken("verification settings"));
}

// Without tickets and cache each connection proves its certificate anew: a resumed session would outlive a
// revocation.
Result<void> ask_for_certificates(SSL_CTX* context, const std::vector<Certificate>& roots,
                                  ClientCertificates clients) {
  if (auto trusted = trust(context, roots, X509_PURPOSE_SSL_CLIENT, Issuer::ours); !trusted) return trusted;
  for (const Certificate& root : roots) {
    if (SSL_CTX_add_client_CA(context, root.get()) != 1) return fail(broken("list of client authorities"));
  }
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  if (SSL_CTX_set_num_tickets(context, 0) != 1) return fail(broken("tickets"));
  const bool required = clients == ClientCertificates::required;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
  return {};
}

// SSL_set_tlsext_host_name without the cast of its macro.
bool send_name(SSL* connection, std::string name) {
  return SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1;
}

}  // namespace

void initialise() {
  static std::once_flag once;
  std::call_once(once, [] {
    // A failure shows in whatever is made next.
    static_cast<void>(OPENSSL_init_ssl(
        OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_SSL_STRINGS | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS,
        nullptr));
  });
}

void keep_buffers() {
  // Too late is no failure: then malloc(3) serves.
  static_cast<void>(CRYPTO_set_mem_functions(
      [](std::size_t size, const char*, int) { return kept_blocks::take(size); },
      [](void* block, std::size_t size, const char*, int) { return kept_blocks::resize(block, size); },
      [](void* block, const char*, int) { kept_blocks::give_back(block); }));
}

Result<std::shared_ptr<Context>> Context::server(Identity identity,
                                                 const std::vector<Certificate>& client_roots,
                                                 ClientCertificates clients) {
  auto made = make(TLS_server_method());
  if (!made) return fail(std::move(made.error()));
  SSL_CTX* context = made->get();
  if (SSL_CTX_set_session_id_context(context, kSessionContext, sizeof kSessionContext - 1) != 1) {
    return fail(broken("session settings"));
  }
  auto done = use_identity(context, identity);
  if (done && clients != ClientCertificates::ignored) {
    done = ask_for_certificates(context, client_roots, clients);
  }
  if (!done) return fail(std::move(done.error()));
  return std::shared_ptr<Context>(new Context(std::move(*made)));
}

Result<std::shared_ptr<Context>> Context::client(const std::vector<Certificate>& roots,
                                                 const Identity* identity) {
  auto made = make(TLS_client_method());
  if (!made) return fail(std::move(made.error()));
  SSL_CTX* context = made->get();
  auto done = trust(context, roots, X509_PURPOSE_SSL_SERVER, Issuer::anyone);
  if (done && identity != nullptr) done = use_identity(context, *identity);
  if (!done) return fail(std::move(done.error()));
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  return std::shared_ptr<Context>(new Context(std::move(*made)));
}

Result<void> expect_name(SSL* connection, std::string_view name) {
  std::string text(name);
  const bool address = is_address(name);
  if (!address && !is_dns_name(name)) {
    return fail(Errc::malformed, "server name '" + text + "' is neither a DNS name nor an address");
  }
  ERR_clear_error();
  SSL_set_hostflags(connection, kNameFlags);
  if (SSL_set1_host(connection, text.c_str()) != 1 || (!address && !send_name(connection, std::move(text)))) {
    return fail(broken("expected server name"));
  }
  return {};
}

}  // namespace muster::tls
