// SPDX-License-Identifier: GPL-2.0-or-later
// A private key. Its PEM text is a Secret; nothing here prints it.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/tls/handles.h"

namespace muster::tls {

enum class KeyKind { p256, p384, rsa3072 };

class Key {
 public:
  static Result<Key> generate(KeyKind kind);
  // PKCS#8 or traditional PEM. `passphrase` may be empty; an encrypted key without it is `denied`.
  static Result<Key> from_pem(std::string_view pem, const Secret& passphrase, std::string_view object);

  // PKCS#8 PEM; encrypted with AES-256-CBC and scrypt when a passphrase is given.
  Result<Secret> pem(const Secret& passphrase) const;

  // SHA-256 of the SubjectPublicKeyInfo, lower-case hexadecimal.
  std::string public_key_sha256() const;
  std::string_view algorithm() const;  // "EC P-256", "EC P-384", "RSA 3072" ...

  EVP_PKEY* get() const { return key_.get(); }

 private:
  explicit Key(KeyHandle key) : key_(std::move(key)) {}
  KeyHandle key_;
};

}  // namespace muster::tls
