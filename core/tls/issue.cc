// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/issue.h"

#include <algorithm>
#include <array>
#include <span>

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "core/tls/names.h"
#include "core/tls/openssl_error.h"
#include "core/tls/signing.h"

namespace muster::tls {
namespace {

using Clock = std::chrono::system_clock;
using NumberHandle = UniqueHandle<BIGNUM, &BN_free>;
using ExtensionHandle = UniqueHandle<X509_EXTENSION, &X509_EXTENSION_free>;
using AuthorityKeyHandle = UniqueHandle<AUTHORITY_KEYID, &AUTHORITY_KEYID_free>;

constexpr std::size_t kSerialBytes = 20;
constexpr std::chrono::minutes kClockDrift{5};
constexpr std::chrono::hours kMaxLifetime{100 * 366 * 24};

struct Extension {
  int nid;
  const char* value;
};
// The subject key identifier comes first: X509V3_EXT_conf_nid computes it from the key that is set already.
constexpr std::array kRootExtensions = {Extension{NID_subject_key_identifier, "hash"},
                                        Extension{NID_basic_constraints, "critical,CA:TRUE,pathlen:1"},
                                        Extension{NID_key_usage, "critical,keyCertSign,cRLSign"}};
constexpr std::array kIssuingExtensions = {Extension{NID_subject_key_identifier, "hash"},
                                           Extension{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                                           Extension{NID_key_usage, "critical,keyCertSign,cRLSign"}};
constexpr std::array kLeafExtensions = {Extension{NID_subject_key_identifier, "hash"},
                                        Extension{NID_basic_constraints, "critical,CA:FALSE"}};

Error broken(std::string_view part) {
  return openssl_error(Errc::internal, "making a certificate: " + std::string(part));
}

const char* usages(Purpose purpose) {
  switch (purpose) {
    case Purpose::agent: return "serverAuth";
    case Purpose::client: return "clientAuth";
    case Purpose::gateway: return "serverAuth,clientAuth";
  }
  return "serverAuth";
}

bool set_serial(X509* certificate) {
  std::array<unsigned char, kSerialBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
  bytes[0] &= 0x7fU;  // positive
  const NumberHandle number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_times(X509* certificate, std::chrono::hours lifetime, Clock::time_point latest) {
  const Clock::time_point now = Clock::now();
  const Clock::time_point end = std::min<Clock::time_point>(now + lifetime, latest);
  return ASN1_TIME_set(X509_getm_notBefore(certificate), Clock::to_time_t(now - kClockDrift)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), Clock::to_time_t(end)) != nullptr;
}

// Everything but extensions, issuer and signature. The certificate ends no later than `latest`.
Result<CertificateHandle> draft(EVP_PKEY* key, std::string_view common_name, std::chrono::hours lifetime,
                                Clock::time_point latest) {
  if (lifetime <= std::chrono::hours(0) || lifetime > kMaxLifetime) {
    return fail(Errc::malformed, "certificate lifetime of " + std::to_string(lifetime.count()) + " hours",
                "between one hour and 100 years");
  }
  ERR_clear_error();
  CertificateHandle certificate(X509_new());
  if (!certificate || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      !set_serial(certificate.get()) || !set_times(certificate.get(), lifetime, latest) ||
      X509_set_pubkey(certificate.get(), key) != 1) {
    return fail(broken("fields"));
  }
  if (auto named = add_common_name(X509_get_subject_name(certificate.get()), common_name); !named) {
    return fail(std::move(named.error()));
  }
  return certificate;
}

Result<void> add_extensions(X509* certificate, std::span<const Extension> extensions) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, nullptr, certificate, nullptr, nullptr, 0);
  for (const auto& [nid, value] : extensions) {
    const ExtensionHandle extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
    if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) {
      return fail(broken(OBJ_nid2ln(nid)));
    }
  }
  return {};
}

Result<void> add_names(X509* certificate, const std::vector<std::string>& names) {
  auto list = alternative_names(names);
  if (!list) return fail(std::move(list.error()));
  if (X509_add1_ext_i2d(certificate, NID_subject_alt_name, list->get(), 0, X509V3_ADD_DEFAULT) == 1) {
    return {};
  }
  return fail(broken("subject alternative name"));
}

// Absent when the issuer itself has no key identifier.
Result<void> add_authority_key(X509* certificate, X509* issuer) {
  const ASN1_OCTET_STRING* identifier = X509_get0_subject_key_id(issuer);
  if (identifier == nullptr) return {};
  const AuthorityKeyHandle authority(AUTHORITY_KEYID_new());
  if (!authority) return fail(broken("authority key identifier"));
  authority->keyid = ASN1_OCTET_STRING_dup(identifier);
  if (authority->keyid != nullptr && X509_add1_ext_i2d(certificate, NID_authority_key_identifier,
                                                       authority.get(), 0, X509V3_ADD_DEFAULT) == 1) {
    return {};
  }
  return fail(broken("authority key identifier"));
}

Result<void> add_leaf_extensions(X509* certificate, const char* usage) {
  if (auto added = add_extensions(certificate, kLeafExtensions); !added) return added;
  const bool rsa = EVP_PKEY_is_a(X509_get0_pubkey(certificate), "RSA") == 1;
  const std::array by_key = {Extension{NID_key_usage, rsa ? "critical,digitalSignature,keyEncipherment"
                                                          : "critical,digitalSignature"},
                             Extension{NID_ext_key_usage, usage}};
  return add_extensions(certificate, by_key);
}

Result<Certificate> sign(CertificateHandle certificate, const X509_NAME* issuer, const Key& key) {
  if (X509_set_issuer_name(certificate.get(), issuer) != 1 ||
      X509_sign(certificate.get(), key.get(), signing_digest(key.get())) <= 0) {
    return fail(broken("signature"));
  }
  return Certificate(std::move(certificate));
}

Result<void> may_issue(const Certificate& issuer, const Key& key) {
  if (!issuer.is_authority()) {
    return fail(Errc::untrusted, "certificate " + issuer.subject() + " is no certificate authority",
                "sign with the issuing CA's certificate and key");
  }
  if (issuer.not_after() <= Clock::now()) {
    return fail(Errc::untrusted,
                "certificate authority " + issuer.subject() + " expired " + utc_text(issuer.not_after()),
                "renew the authority, or check the clock of this machine");
  }
  return issuer.matches(key);
}

}  // namespace

Result<Certificate> self_signed(const Key& key, const std::vector<std::string>& names,
                                std::chrono::hours lifetime) {
  auto certificate = draft(key.get(), names.empty() ? "" : names.front(), lifetime, Clock::time_point::max());
  if (!certificate) return fail(std::move(certificate.error()));
  std::vector<std::string> usable = usable_names(names);
  if (usable.empty()) usable.emplace_back("localhost");
  auto added = add_leaf_extensions(certificate->get(), usages(Purpose::agent));
  if (added) added = add_names(certificate->get(), usable);
  if (!added) return fail(std::move(added.error()));
  const X509_NAME* self = X509_get_subject_name(certificate->get());
  return sign(std::move(*certificate), self, key);
}

Result<Certificate> make_root(const Key& key, std::string_view name, std::chrono::hours lifetime) {
  auto certificate = draft(key.get(), name, lifetime, Clock::time_point::max());
  if (!certificate) return fail(std::move(certificate.error()));
  if (auto added = add_extensions(certificate->get(), kRootExtensions); !added) {
    return fail(std::move(added.error()));
  }
  const X509_NAME* self = X509_get_subject_name(certificate->get());
  return sign(std::move(*certificate), self, key);
}

Result<Certificate> make_issuing(const Key& issuing_key, std::string_view name, const Key& root_key,
                                 const Certificate& root, std::chrono::hours lifetime) {
  if (auto may = may_issue(root, root_key); !may) return fail(std::move(may.error()));
  auto certificate = draft(issuing_key.get(), name, lifetime, root.not_after());
  if (!certificate) return fail(std::move(certificate.error()));
  auto added = add_extensions(certificate->get(), kIssuingExtensions);
  if (added) added = add_authority_key(certificate->get(), root.get());
  if (!added) return fail(std::move(added.error()));
  return sign(std::move(*certificate), X509_get_subject_name(root.get()), root_key);
}

Result<Certificate> issue_leaf(const CertificateRequest& request, const std::vector<std::string>& names,
                               const LeafProfile& profile, const Key& issuer_key, const Certificate& issuer) {
  if (names.empty()) {
    return fail(Errc::malformed,
                "certificate request " + request.public_key_sha256() + ": no name to issue for",
                "name the host as the server will reach it");
  }
  if (auto may = may_issue(issuer, issuer_key); !may) return fail(std::move(may.error()));
  auto certificate =
      draft(X509_REQ_get0_pubkey(request.get()), names.front(), profile.lifetime, issuer.not_after());
  if (!certificate) return fail(std::move(certificate.error()));
  auto added = add_leaf_extensions(certificate->get(), usages(profile.purpose));
  if (added) added = add_authority_key(certificate->get(), issuer.get());
  if (added) added = add_names(certificate->get(), names);
  if (!added) return fail(std::move(added.error()));
  return sign(std::move(*certificate), X509_get_subject_name(issuer.get()), issuer_key);
}

}  // namespace muster::tls
