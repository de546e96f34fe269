// SPDX-License-Identifier: GPL-2.0-or-later
// Which digest a key signs with.
#pragma once

#include <openssl/evp.h>

namespace muster::tls {

// SHA-384 for curves of 384 bits and more, SHA-256 else; null for keys that hash by themselves (Ed25519).
inline const EVP_MD* signing_digest(EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "ED25519") == 1 || EVP_PKEY_is_a(key, "ED448") == 1) return nullptr;
  const bool large_curve = EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_bits(key) >= 384;
  return large_curve ? EVP_sha384() : EVP_sha256();
}

}  // namespace muster::tls
