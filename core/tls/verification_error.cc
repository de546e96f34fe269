// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>

#include <openssl/objects.h>
#include <openssl/x509_vfy.h>

#include "core/tls/profile.h"
#include "core/tls/text.h"
#include "core/tls/verify.h"

namespace muster::tls {
namespace {

constexpr std::size_t kMaxListed = 8;
constexpr int kMinSecurityBits = 112;  // security level 2

// In a handshake the certificate at hand may be the peer's own although the fault is its issuer's: each
// detail is given only where it is true of the certificate.
using Detail = std::string (*)(const Certificate&);

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < std::min(words.size(), kMaxListed); ++i) text += (i > 0 ? ", " : "") + words[i];
  if (words.size() > kMaxListed) text += " and " + std::to_string(words.size() - kMaxListed) + " more";
  return text;
}

std::string nothing(const Certificate& /*at*/) {
  return {};
}

std::string since(const Certificate& at) {
  return at.not_after() < std::chrono::system_clock::now() ? " since " + utc_text(at.not_after()) : "";
}

std::string until(const Certificate& at) {
  return at.not_before() > std::chrono::system_clock::now() ? " before " + utc_text(at.not_before()) : "";
}

std::string issuer(const Certificate& at) {
  return " " + at.issuer();
}

std::string usage(const Certificate& at) {
  const auto usages = at.extended_key_usages();
  return usages.empty() ? "" : ": it is for " + listed(usages) + " only";
}

std::string signature(const Certificate& at) {
  int bits = 0;
  if (X509_get_signature_info(at.get(), nullptr, nullptr, &bits, nullptr) != 1 || bits >= kMinSecurityBits) {
    return {};
  }
  return std::string(" (") + OBJ_nid2ln(X509_get_signature_nid(at.get())) + ")";
}

std::string key_size(const Certificate& at) {
  EVP_PKEY* key = X509_get0_pubkey(at.get());
  if (key == nullptr || EVP_PKEY_get_security_bits(key) >= kMinSecurityBits) return {};
  return " (" + std::to_string(EVP_PKEY_get_bits(key)) + " bits)";
}

struct Reason {
  long code;
  const char* text;
  Detail detail;
  const char* hint;
};

constexpr const char* kTrustHint =
    "if the peer is the right one, another authority signed it, perhaps one of the same name: have it signed "
    "by ours "
    "(muster provision) or trust that one; if not, someone is in between";
constexpr const char* kClockHint = "issue a new one (muster provision), or check the clock of this machine";
constexpr const char* kReissueHint = "issue a new certificate for this peer (muster provision)";
constexpr const char* kCrlHint = "publish a fresh revocation list and check that it reaches this machine";

constexpr std::array kReasons = {
    Reason{X509_V_ERR_CERT_HAS_EXPIRED, "expired", &since, kClockHint},
    Reason{X509_V_ERR_CERT_NOT_YET_VALID, "not yet valid", &until, "check the clocks of both machines"},
    Reason{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "unknown issuer", &issuer, kTrustHint},
    Reason{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "unknown issuer", &issuer, kTrustHint},
    Reason{X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "unknown issuer", &issuer, kTrustHint},
    Reason{X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "self-signed, and not itself trusted here", &nothing,
           "replace it by one of the CA (muster provision), or trust this very certificate"},
    Reason{X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "its chain ends in an unknown root", &nothing, kTrustHint},
    Reason{X509_V_ERR_INVALID_PURPOSE, "wrong usage", &usage, kReissueHint},
    Reason{X509_V_ERR_INVALID_CA, "its chain passes through a certificate that is no authority", &nothing,
           kReissueHint},
    Reason{X509_V_ERR_PATH_LENGTH_EXCEEDED, "more authorities in its chain than their path length allows",
           &nothing, "sign with the issuing CA itself, not with one below it"},
    Reason{X509_V_ERR_CERT_CHAIN_TOO_LONG, "its chain is too long", &nothing, kReissueHint},
    Reason{X509_V_ERR_CA_MD_TOO_WEAK, "signature algorithm too weak", &signature,
           "have it signed again with SHA-256 or better"},
    Reason{X509_V_ERR_EE_KEY_TOO_SMALL, "key too small", &key_size,
           "use EC P-256, or RSA of 2048 bits or more"},
    Reason{X509_V_ERR_CA_KEY_TOO_SMALL, "the key of an authority in its chain is too small", &key_size,
           "the authority needs EC P-256, or RSA of 2048 bits or more"},
    Reason{X509_V_ERR_CERT_SIGNATURE_FAILURE, "signature does not verify with the key of its issuer", &issuer,
           "it was altered or forged, or another authority bears the same name"},
    Reason{X509_V_ERR_CERT_REVOKED, "revoked", &nothing, kReissueHint},
    Reason{X509_V_ERR_CRL_HAS_EXPIRED, "revocation list of its issuer is out of date", &nothing, kCrlHint},
    Reason{X509_V_ERR_UNABLE_TO_GET_CRL, "no revocation list of its issuer", &nothing, kCrlHint},
};

std::string named(const Certificate* at) {
  if (at == nullptr) return "certificate of the peer";
  const std::string subject = at->subject();
  return "certificate " + (subject.empty() ? "without subject" : subject) + " issued by " + at->issuer();
}

Error wrong_name(const Certificate* at, std::string_view expected_name) {
  const std::string expected = " but expected " + printable(expected_name);
  const char* hint = "reach the host by a name that its certificate carries, or issue one for this name";
  if (at == nullptr) return Error{Errc::untrusted, named(at) + ": issued for other names" + expected, hint};
  std::vector<std::string> names = at->dns_names();
  for (std::string& address : at->ip_addresses()) names.push_back(std::move(address));
  const std::string has = names.empty() ? ": no subject alternative name (its CN is not consulted)"
                                        : ": issued for " + listed(names);
  return Error{Errc::untrusted, named(at) + has + expected, hint};
}

}  // namespace

Error verification_error(long code, const Certificate* at, std::string_view expected_name) {
  if (code == X509_V_ERR_HOSTNAME_MISMATCH || code == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    return wrong_name(at, expected_name);
  }
  const auto* reason = std::find_if(kReasons.begin(), kReasons.end(),
                                    [code](const Reason& candidate) { return candidate.code == code; });
  if (reason == kReasons.end()) {
    return Error{Errc::untrusted, named(at) + ": " + X509_verify_cert_error_string(code), kReissueHint};
  }
  const std::string detail = at != nullptr ? reason->detail(*at) : "";
  return Error{Errc::untrusted, named(at) + ": " + reason->text + detail, reason->hint};
}

}  // namespace muster::tls
