// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/request.h"

#include <array>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "core/tls/names.h"
#include "core/tls/openssl_error.h"
#include "core/tls/signing.h"
#include "core/tls/text.h"

namespace muster::tls {
namespace {

constexpr std::size_t kMaxPemBytes = 16'384;
constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;  // verifying a larger one costs a signer more than it is worth

void free_extensions(STACK_OF(X509_EXTENSION) * list) {
  sk_X509_EXTENSION_pop_free(list, &X509_EXTENSION_free);
}
using ExtensionsHandle = UniqueHandle<STACK_OF(X509_EXTENSION), &free_extensions>;

bool is_named_curve(EVP_PKEY* key) {
  int is_explicit = 0;
  std::array<char, 64> group{};
  if (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit) != 1 ||
      is_explicit != 0 || EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) != 1) {
    return false;
  }
  const std::string_view name = group.data();
  return name == "prime256v1" || name == "secp384r1";
}

bool is_supported(EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "EC") == 1) return is_named_curve(key);
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return true;
  return EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) >= kMinRsaBits &&
         EVP_PKEY_get_bits(key) <= kMaxRsaBits;
}

Result<void> add_names(X509_REQ* request, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  auto list = alternative_names(names);
  if (!list) return fail(std::move(list.error()));
  STACK_OF(X509_EXTENSION)* made = nullptr;
  const int added = X509V3_add1_i2d(&made, NID_subject_alt_name, list->get(), 0, X509V3_ADD_DEFAULT);
  const ExtensionsHandle extensions(made);
  if (added == 1 && X509_REQ_add_extensions(request, extensions.get()) == 1) return {};
  return fail(openssl_error(Errc::internal, "certificate request: subject alternative name"));
}

}  // namespace

Result<CertificateRequest> CertificateRequest::from_pem(std::string_view pem, std::string_view object) {
  if (pem.size() > kMaxPemBytes) {
    return fail(Errc::malformed,
                std::string(object) + ": too long for a certificate request (16 KiB at most)");
  }
  ERR_clear_error();
  const BioHandle bio = reading(pem);
  RequestHandle handle(PEM_read_bio_X509_REQ(bio.get(), nullptr, &no_passphrase, nullptr));
  if (!handle) {
    Error error = openssl_error(Errc::malformed, std::string(object) + ": no readable certificate request");
    error.hint = "expected PEM text that begins with -----BEGIN CERTIFICATE REQUEST-----";
    return fail(std::move(error));
  }
  EVP_PKEY* key = X509_REQ_get0_pubkey(handle.get());
  const bool supported = key != nullptr && is_supported(key);
  ERR_clear_error();
  if (!supported) {
    return fail(Errc::unsupported, std::string(object) + ": key of a kind that is not signed here",
                "use EC P-256, EC P-384, Ed25519 or RSA of 2048 to 8192 bits");
  }
  const bool proved = X509_REQ_verify(handle.get(), key) == 1;
  ERR_clear_error();
  if (!proved) {
    return fail(Errc::untrusted, std::string(object) + ": its signature does not prove possession of the key",
                "the request was altered on its way or made wrongly: make a new one");
  }
  return CertificateRequest(std::move(handle));
}

Result<CertificateRequest> CertificateRequest::create(const Key& key, std::string_view common_name,
                                                      const std::vector<std::string>& names) {
  ERR_clear_error();
  RequestHandle handle(X509_REQ_new());
  if (!handle || X509_REQ_set_version(handle.get(), X509_REQ_VERSION_1) != 1 ||
      X509_REQ_set_pubkey(handle.get(), key.get()) != 1) {
    return fail(openssl_error(Errc::internal, "certificate request"));
  }
  if (auto named = add_common_name(X509_REQ_get_subject_name(handle.get()), common_name); !named) {
    return fail(std::move(named.error()));
  }
  if (auto added = add_names(handle.get(), usable_names(names)); !added) {
    return fail(std::move(added.error()));
  }
  if (X509_REQ_sign(handle.get(), key.get(), signing_digest(key.get())) <= 0) {
    return fail(openssl_error(Errc::internal, "certificate request: cannot be signed"));
  }
  return CertificateRequest(std::move(handle));
}

std::string CertificateRequest::pem() const {
  const BioHandle bio = writing();
  if (PEM_write_bio_X509_REQ(bio.get(), handle_.get()) != 1) return {};
  return std::string(written(bio.get()));
}

std::string CertificateRequest::public_key_sha256() const {
  return der_sha256(X509_REQ_get_X509_PUBKEY(handle_.get()), &i2d_X509_PUBKEY);
}

}  // namespace muster::tls
