// SPDX-License-Identifier: GPL-2.0-or-later
// What every verification in this folder demands, be it of a stored chain or within a handshake.
#pragma once

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace muster::tls {

// OpenSSL's security level 2: at least 112 bits, which rules out SHA-1 and RSA below 2048 bits.
inline constexpr int kSecurityLevel = 2;
// Own certificate and trust anchor aside: two intermediates of ours, and room for a company's.
inline constexpr int kMaxIntermediates = 4;
inline constexpr unsigned kNameFlags = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_WILDCARDS;

enum class Issuer {
  ours,    // must obey RFC 5280 to the letter
  anyone,  // older agents and other servers: their authorities often leave out key identifiers
};

// `purpose` is X509_PURPOSE_SSL_SERVER or X509_PURPOSE_SSL_CLIENT.
inline bool apply_verification_profile(X509_VERIFY_PARAM* param, int purpose, Issuer issuer) {
  unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;
  if (issuer == Issuer::ours) flags |= X509_V_FLAG_X509_STRICT;
  X509_VERIFY_PARAM_set_auth_level(param, kSecurityLevel);
  X509_VERIFY_PARAM_set_depth(param, kMaxIntermediates);
  X509_VERIFY_PARAM_set_hostflags(param, kNameFlags);
  return X509_VERIFY_PARAM_set_flags(param, flags) == 1 && X509_VERIFY_PARAM_set_purpose(param, purpose) == 1;
}

}  // namespace muster::tls
