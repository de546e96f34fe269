// SPDX-License-Identifier: GPL-2.0-or-later
// Two TLS ends in one thread, joined by a pair of memory BIOs.
#pragma once

#include <string>

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "core/tls/handles.h"

namespace muster::tls::testing {

struct Ends {
  ConnectionHandle client;
  ConnectionHandle server;
  bool client_done = false;
  bool server_done = false;
  bool connected() const { return client_done && server_done; }
};

inline Ends join(SSL_CTX* client, SSL_CTX* server) {
  Ends ends{ConnectionHandle(SSL_new(client)), ConnectionHandle(SSL_new(server))};
  BIO* left = nullptr;
  BIO* right = nullptr;
  BIO_new_bio_pair(&left, 0, &right, 0);
  SSL_set_bio(ends.client.get(), left, left);
  SSL_set_bio(ends.server.get(), right, right);
  SSL_set_connect_state(ends.client.get());
  SSL_set_accept_state(ends.server.get());
  return ends;
}

// True while the call may still succeed.
inline bool pending(SSL* ssl, int result) {
  const int error = SSL_get_error(ssl, result);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

// Runs both handshakes until both are done or one has failed.
inline void shake(Ends& ends) {
  for (int turn = 0; turn < 50 && !ends.connected(); ++turn) {
    ERR_clear_error();
    const int client = SSL_do_handshake(ends.client.get());
    const bool client_lost = client != 1 && !pending(ends.client.get(), client);
    ERR_clear_error();
    const int server = SSL_do_handshake(ends.server.get());
    const bool server_lost = server != 1 && !pending(ends.server.get(), server);
    ends.client_done = client == 1;
    ends.server_done = server == 1;
    if (client_lost || server_lost) return;
  }
}

// One byte sequence from one end to the other; what arrived. With TLS 1.3 this is when a client learns that
// its certificate was refused.
inline std::string carry(SSL* from, SSL* to, std::string_view text) {
  ERR_clear_error();
  SSL_write(from, text.data(), static_cast<int>(text.size()));
  std::string received(64, '\0');
  const int size = SSL_read(to, received.data(), static_cast<int>(received.size()));
  received.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return received;
}

}  // namespace muster::tls::testing
