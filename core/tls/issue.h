// SPDX-License-Identifier: GPL-2.0-or-later
// Making certificates: self-signed ones, a root, an issuing CA, leaves. Every extension that a request asks
// for is ignored: subject, names and usages come from the profile and the names given here.
//
// Serial   20 octets from the CSPRNG, positive, 159 random bits.
// Times    notBefore is five minutes in the past (clocks of hosts drift); UTC. No certificate outlives its
//          issuer; a lifetime of nothing or of more than 100 years is `malformed`.
// Errors   `untrusted` when the issuer is no authority, has expired or does not belong to its key.
// Source   RFC 5280; CN keeps only the first 64 characters (ub-common-name), SAN has the full name.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/tls/certificate.h"
#include "core/tls/key.h"
#include "core/tls/request.h"

namespace muster::tls {

enum class Purpose {
  agent,    // serverAuth
  client,   // clientAuth: a management server polling agents
  gateway,  // both
};

struct LeafProfile {
  Purpose purpose = Purpose::agent;
  std::chrono::hours lifetime = std::chrono::hours(397 * 24);
};

// CN is the first name; SAN holds them all: IP literals as iPAddress, the rest as dNSName. A name that is no
// valid DNS name or address (odd host names) stays out of the SAN; if none is left the SAN is "localhost".
Result<Certificate> self_signed(const Key& key, const std::vector<std::string>& names,
                                std::chrono::hours lifetime);

Result<Certificate> make_root(const Key& key, std::string_view name, std::chrono::hours lifetime);
Result<Certificate> make_issuing(const Key& issuing_key, std::string_view name, const Key& root_key,
                                 const Certificate& root, std::chrono::hours lifetime);

// Names are validated (core/tls/names.h): an empty list or an invalid name is `malformed`.
Result<Certificate> issue_leaf(const CertificateRequest& request, const std::vector<std::string>& names,
                               const LeafProfile& profile, const Key& issuer_key, const Certificate& issuer);

}  // namespace muster::tls
