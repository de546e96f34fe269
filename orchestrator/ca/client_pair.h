// SPDX-License-Identifier: GPL-2.0-or-later
// The key and the certificate with which this server polls agents.
//
// A certificate is renewed for the key that is there: one file changes, in one step, so that whoever reads
// the two files meanwhile has a pair that belongs together.
// Paths   STATE/client.pem (leaf first), STATE/client.key
// Errors  untrusted: key and certificate do not belong together; those of key_file.h and core/base/fd.h.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/tls/certificate.h"
#include "core/tls/key.h"

namespace muster {

struct CertifiedKey {
  tls::Key key;
  tls::Certificate certificate;
};

struct ClientPair {
  tls::Key key;
  std::vector<tls::Certificate> chain;  // leaf first
};

Result<ClientPair> new_client(const CertifiedKey& issuing);
Result<ClientPair> load_client(const std::string& state_folder);
Result<void> save_client(const std::string& state_folder, const ClientPair& pair);

// When less than a third of its life is left and a new one would last longer: none outlives its issuer.
bool wants_renewal(const tls::Certificate& client, const tls::Certificate& issuing,
                   std::chrono::system_clock::time_point now);
// Gives the key a new certificate, which is also written. On failure the pair stays as it is.
Result<void> renew_client(const std::string& state_folder, ClientPair& pair, const CertifiedKey& issuing);

Result<std::vector<tls::Certificate>> load_certificates(const std::string& path);

}  // namespace muster
