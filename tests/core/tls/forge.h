// SPDX-License-Identifier: GPL-2.0-or-later
// Makes certificates that core/tls/issue.h would never make: wrong dates, weak keys, odd extensions.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "core/tls/certificate.h"
#include "core/tls/key.h"

namespace muster::tls::testing {

template <class T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().what);
  return std::move(*result);
}

inline const Key& key_of(KeyKind kind) {
  static const Key kP256 = value_of(Key::generate(KeyKind::p256));
  static const Key kP384 = value_of(Key::generate(KeyKind::p384));
  static const Key kRsa = value_of(Key::generate(KeyKind::rsa3072));
  return kind == KeyKind::p256 ? kP256 : kind == KeyKind::p384 ? kP384 : kRsa;
}

inline Key new_key() {
  return value_of(Key::generate(KeyKind::p256));
}

// A key that Key::generate does not offer, through PEM as any foreign key comes in.
inline Key rsa_key(std::size_t bits) {
  const KeyHandle made(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits));
  const UniqueHandle<BIO, &BIO_free_all> bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PrivateKey(bio.get(), made.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    throw std::runtime_error("PEM");
  }
  std::string pem(8192, '\0');
  pem.resize(static_cast<std::size_t>(BIO_read(bio.get(), pem.data(), static_cast<int>(pem.size()))));
  return value_of(Key::from_pem(pem, Secret(), "forged key"));
}

struct Forgery {
  std::string common_name = "forged";
  std::vector<std::pair<int, const char*>> extensions = {};  // NID, OpenSSL's configuration syntax
  std::string raw_dns_name = {};                             // a dNSName of any bytes; empty: none
  std::chrono::hours starts{-1};                             // from now
  std::chrono::hours ends{24};
  const EVP_MD* digest = EVP_sha256();
};

struct Signer {
  const Key* key = nullptr;  // null: self-signed
  const Certificate* certificate = nullptr;
};

inline void add_raw_name(X509* certificate, const std::string& name) {
  const UniqueHandle<GENERAL_NAMES, &GENERAL_NAMES_free> names(GENERAL_NAMES_new());
  GENERAL_NAME* entry = GENERAL_NAME_new();
  ASN1_STRING* text = ASN1_STRING_type_new(V_ASN1_IA5STRING);
  ASN1_STRING_set(text, name.data(), static_cast<int>(name.size()));
  GENERAL_NAME_set0_value(entry, GEN_DNS, text);
  sk_GENERAL_NAME_push(names.get(), entry);
  X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT);
}

inline Certificate forge(const Key& key, const Forgery& wanted, Signer signer = {}) {
  CertificateHandle made(X509_new());
  X509* x = made.get();
  static long serial = 1000;
  X509_set_version(x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(wanted.common_name.data()),
                             static_cast<int>(wanted.common_name.size()), -1, 0);
  X509* issuer = signer.certificate != nullptr ? signer.certificate->get() : x;
  X509_set_issuer_name(x, X509_get_subject_name(issuer));
  const auto now = std::chrono::system_clock::now();
  ASN1_TIME_set(X509_getm_notBefore(x), std::chrono::system_clock::to_time_t(now + wanted.starts));
  ASN1_TIME_set(X509_getm_notAfter(x), std::chrono::system_clock::to_time_t(now + wanted.ends));
  X509_set_pubkey(x, key.get());
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, x, nullptr, nullptr, 0);
  for (const auto& [nid, text] : wanted.extensions) {
    const UniqueHandle<X509_EXTENSION, &X509_EXTENSION_free> extension(
        X509V3_EXT_conf_nid(nullptr, &context, nid, text));
    if (!extension || X509_add_ext(x, extension.get(), -1) != 1) throw std::runtime_error(text);
  }
  if (!wanted.raw_dns_name.empty()) add_raw_name(x, wanted.raw_dns_name);
  if (X509_sign(x, signer.key != nullptr ? signer.key->get() : key.get(), wanted.digest) <= 0) {
    throw std::runtime_error("cannot sign " + wanted.common_name);
  }
  return Certificate(std::move(made));
}

inline std::vector<std::pair<int, const char*>> leaf_extensions(const char* alternative_names,
                                                                const char* usage = "serverAuth") {
  std::vector<std::pair<int, const char*>> list = {{NID_subject_key_identifier, "hash"},
                                                   {NID_authority_key_identifier, "keyid:always"},
                                                   {NID_basic_constraints, "critical,CA:FALSE"},
                                                   {NID_key_usage, "critical,digitalSignature"},
                                                   {NID_ext_key_usage, usage}};
  if (alternative_names != nullptr) list.emplace_back(NID_subject_alt_name, alternative_names);
  return list;
}

inline std::vector<std::pair<int, const char*>> authority_extensions(const char* constraints) {
  return {{NID_subject_key_identifier, "hash"},
          {NID_authority_key_identifier, "keyid:always"},
          {NID_basic_constraints, constraints},
          {NID_key_usage, "critical,keyCertSign,cRLSign"}};
}

}  // namespace muster::tls::testing
