// SPDX-License-Identifier: GPL-2.0-or-later
// Is this the peer that it should be, and if not, why not: one sentence that names the certificate and the
// remedy.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/tls/certificate.h"
#include "core/tls/issue.h"

namespace muster::tls {

struct Expectation {
  std::string name = {};             // DNS name or address the peer must carry in its SAN; empty: not checked
  Purpose purpose = Purpose::agent;  // what its extended key usage must allow
  std::optional<std::chrono::system_clock::time_point> at = {};  // default: now
};

// `chain[0]` is the peer's own certificate, the rest are what it sent along. Errors are `untrusted`; `what`
// names subject, issuer and the reason (expired since .., issued for .. but expected .., unknown issuer ..,
// wrong usage). An authority among `roots` is a trust anchor even if it is no root. SHA-1 signatures, RSA
// keys below 2048 bits and wildcard names are refused; the CN is never taken for a name. Certificates of
// clients and gateways come from our own authority and must obey RFC 5280 to the letter; those of agents may
// be foreign.
Result<void> verify_chain(const std::vector<Certificate>& chain, const std::vector<Certificate>& roots,
                          const Expectation& expected);

// Words for an OpenSSL X509_V_ERR_* code met during a handshake, with the certificate it was met at (may be
// null).
Error verification_error(long code, const Certificate* at, std::string_view expected_name);

}  // namespace muster::tls
