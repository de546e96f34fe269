// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/err.h>

#include "tests/core/tls/forge.h"

namespace muster::tls {
namespace {

using ::testing::HasSubstr;
using testing::key_of;
using testing::rsa_key;
using ::testing::StartsWith;
using testing::value_of;

std::string der_as_pem(X509_REQ* request) {
  const UniqueHandle<BIO, &BIO_free_all> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(bio.get(), request);
  std::string pem(20'000, '\0');
  pem.resize(static_cast<std::size_t>(BIO_read(bio.get(), pem.data(), static_cast<int>(pem.size()))));
  return pem;
}

// A request signed with `signing` for the public key of `key`.
std::string request_pem(EVP_PKEY* key, EVP_PKEY* signing, const EVP_MD* digest) {
  const RequestHandle request(X509_REQ_new());
  X509_REQ_set_pubkey(request.get(), key);
  X509_REQ_sign(request.get(), signing, digest);
  return der_as_pem(request.get());
}

TEST(Request, SurvivesPemForEveryKindOfKey) {
  for (const KeyKind kind : {KeyKind::p256, KeyKind::p384, KeyKind::rsa3072}) {
    const Key& key = key_of(kind);
    SCOPED_TRACE(key.algorithm());
    const auto made = value_of(CertificateRequest::create(key, "db1", {"db1.example", "10.0.0.1"}));
    const auto read = value_of(CertificateRequest::from_pem(made.pem(), "db1.csr"));
    EXPECT_EQ(read.public_key_sha256(), key.public_key_sha256());
    EXPECT_EQ(ERR_peek_error(), 0UL);
  }
}

TEST(Request, OddHostNamesAreNoObstacle) {
  for (const std::string& name : {std::string(), std::string("(none)"), std::string(300, 'x')}) {
    SCOPED_TRACE(name);
    const auto made = CertificateRequest::create(key_of(KeyKind::p256), name, {name});
    ASSERT_TRUE(made);
    EXPECT_TRUE(CertificateRequest::from_pem(made->pem(), "odd.csr"));
  }
}

TEST(Request, AnyAlteredByteIsRefused) {
  const auto made = value_of(CertificateRequest::create(key_of(KeyKind::p256), "db1", {"db1.example"}));
  unsigned char* der = nullptr;
  const int size = i2d_X509_REQ(made.get(), &der);
  const UniqueHandle<unsigned char, [](unsigned char* bytes) { OPENSSL_free(bytes); }> owner(der);
  int untrusted = 0;
  for (int i = 0; i < size; ++i) {
    der[i] ^= 0x01U;
    const unsigned char* at = der;
    const RequestHandle altered(d2i_X509_REQ(nullptr, &at, size));
    if (altered) {
      const auto read = CertificateRequest::from_pem(der_as_pem(altered.get()), "db1.csr");
      ASSERT_FALSE(read) << "byte " << i;
      untrusted += read.error().code == Errc::untrusted ? 1 : 0;
    }
    der[i] ^= 0x01U;
  }
  EXPECT_GT(untrusted, size / 4);  // the rest is malformed or unsupported
}

TEST(Request, SignatureOfAnotherKeyProvesNothing) {
  const auto read = CertificateRequest::from_pem(
      request_pem(key_of(KeyKind::p256).get(), testing::new_key().get(), EVP_sha256()), "stolen.csr");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::untrusted);
  EXPECT_THAT(read.error().what, StartsWith("stolen.csr: "));
}

TEST(Request, Ed25519AndRsa2048AreSupported) {
  const KeyHandle ed(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  EXPECT_TRUE(CertificateRequest::from_pem(request_pem(ed.get(), ed.get(), nullptr), "ed.csr"));
  const Key rsa = rsa_key(2048);
  EXPECT_TRUE(CertificateRequest::from_pem(request_pem(rsa.get(), rsa.get(), EVP_sha256()), "rsa.csr"));
}

KeyHandle explicit_curve_key() {
  UniqueHandle<EVP_PKEY_CTX, &EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY_keygen_init(context.get());
  std::string group = "P-256";
  std::string encoding = OSSL_PKEY_EC_ENCODING_EXPLICIT;
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_EC_ENCODING, encoding.data(), 0),
      OSSL_PARAM_construct_end()};
  EVP_PKEY_CTX_set_params(context.get(), params);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_generate(context.get(), &key);
  return KeyHandle(key);
}

TEST(Request, OtherKeysAreUnsupported) {
  const KeyHandle p521(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-521"));
  const KeyHandle koblitz(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "secp256k1"));
  const KeyHandle crafted = explicit_curve_key();
  const Key small = rsa_key(1024);
  for (EVP_PKEY* key : {p521.get(), koblitz.get(), crafted.get(), small.get()}) {
    ASSERT_NE(key, nullptr);
    const auto read = CertificateRequest::from_pem(request_pem(key, key, EVP_sha256()), "odd.csr");
    ASSERT_FALSE(read) << EVP_PKEY_get0_type_name(key) << EVP_PKEY_get_bits(key);
    EXPECT_EQ(read.error().code, Errc::unsupported);
    EXPECT_THAT(read.error().hint, HasSubstr("P-256"));
  }
}

TEST(Request, TextThatIsNoRequestIsMalformed) {
  const std::string good = value_of(CertificateRequest::create(key_of(KeyKind::p256), "db1", {})).pem();
  for (const std::string& input : {std::string(), std::string("hello"), good.substr(0, good.size() / 2),
                                   good + std::string(17'000, ' ')}) {
    const auto read = CertificateRequest::from_pem(input, "db1.csr");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Errc::malformed);
    EXPECT_THAT(read.error().what, StartsWith("db1.csr: "));
    EXPECT_EQ(ERR_peek_error(), 0UL);
  }
}

}  // namespace
}  // namespace muster::tls
