// SPDX-License-Identifier: GPL-2.0-or-later
// PKCS#10 certificate signing requests.
//
// Limits  16 KiB of PEM; P-256, P-384, Ed25519 or RSA of at least 2048 bits; anything else is `unsupported`.
// Source  RFC 2986.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/tls/handles.h"
#include "core/tls/key.h"

namespace muster::tls {

class CertificateRequest {
 public:
  // Proof of possession is checked: a request whose signature does not verify is `untrusted`.
  static Result<CertificateRequest> from_pem(std::string_view pem, std::string_view object);
  // Names that no certificate may hold (core/tls/names.h) are left out: an odd host name is no failure.
  static Result<CertificateRequest> create(const Key& key, std::string_view common_name,
                                           const std::vector<std::string>& names);

  std::string pem() const;
  std::string public_key_sha256() const;
  X509_REQ* get() const { return handle_.get(); }

 private:
  explicit CertificateRequest(RequestHandle handle) : handle_(std::move(handle)) {}
  RequestHandle handle_;
};

}  // namespace muster::tls
