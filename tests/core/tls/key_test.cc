// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include "tests/core/tls/forge.h"

namespace muster::tls {
namespace {

using ::testing::HasSubstr;
using testing::key_of;
using testing::rsa_key;
using ::testing::StartsWith;
using testing::value_of;

struct KindCase {
  KeyKind kind;
  const char* algorithm;
};
constexpr KindCase kKinds[] = {
    {KeyKind::p256, "EC P-256"}, {KeyKind::p384, "EC P-384"}, {KeyKind::rsa3072, "RSA 3072"}};

TEST(Key, SurvivesPemWithAndWithoutPassphrase) {
  for (const auto& [kind, algorithm] : kKinds) {
    SCOPED_TRACE(algorithm);
    const Key& key = key_of(kind);
    EXPECT_EQ(key.algorithm(), algorithm);
    for (const char* phrase : {"", "correct horse"}) {
      const Secret pem = value_of(key.pem(Secret(phrase)));
      const Key again = value_of(Key::from_pem(pem.reveal(), Secret(phrase), "agent.key"));
      EXPECT_EQ(again.public_key_sha256(), key.public_key_sha256());
      EXPECT_EQ(EVP_PKEY_eq(again.get(), key.get()), 1);
    }
  }
}

TEST(Key, PemIsPkcs8AndEncryptedWhenAPassphraseIsGiven) {
  const Key& key = key_of(KeyKind::p256);
  EXPECT_THAT(std::string(value_of(key.pem(Secret())).reveal()), StartsWith("-----BEGIN PRIVATE KEY-----\n"));
  EXPECT_THAT(std::string(value_of(key.pem(Secret("x"))).reveal()),
              StartsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
}

TEST(Key, EncryptionSaltsEachTime) {
  const Key& key = key_of(KeyKind::p256);
  EXPECT_FALSE(value_of(key.pem(Secret("x"))) == value_of(key.pem(Secret("x"))));
}

TEST(Key, EncryptedKeyIsDeniedWithoutTheRightPassphrase) {
  const Secret pem = value_of(key_of(KeyKind::p256).pem(Secret("right")));
  for (const char* phrase : {"", "wrong", "right ", "Right"}) {
    SCOPED_TRACE(phrase);
    const auto key = Key::from_pem(pem.reveal(), Secret(phrase), "ca.key");
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, Errc::denied);
    EXPECT_THAT(key.error().what, StartsWith("ca.key: "));
    EXPECT_NE(key.error().hint, "");
    EXPECT_EQ(ERR_peek_error(), 0UL);
  }
}

TEST(Key, PassphraseLongerThanOpensslTakesIsDeniedNotCut) {
  const Secret pem = value_of(key_of(KeyKind::p256).pem(Secret(std::string(1024, 'a'))));
  EXPECT_FALSE(Key::from_pem(pem.reveal(), Secret(std::string(1025, 'a')), "ca.key"));
  EXPECT_TRUE(Key::from_pem(pem.reveal(), Secret(std::string(1024, 'a')), "ca.key"));
}

TEST(Key, TextThatIsNoKeyIsMalformed) {
  const Secret pem = value_of(key_of(KeyKind::p256).pem(Secret()));
  const std::string good(pem.reveal());
  const std::string inputs[] = {"", "hello", good.substr(0, good.size() / 2), std::string(70'000, 'x'),
                                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"};
  for (const std::string& input : inputs) {
    SCOPED_TRACE(input.substr(0, 80));
    const auto key = Key::from_pem(input, Secret(), "agent.key");
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, Errc::malformed);
    EXPECT_THAT(key.error().what, StartsWith("agent.key: "));
    EXPECT_EQ(ERR_peek_error(), 0UL);
  }
}

TEST(Key, TraditionalPemIsRead) {
  const KeyHandle made(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  const UniqueHandle<BIO, &BIO_free_all> bio(BIO_new(BIO_s_mem()));
  ASSERT_EQ(PEM_write_bio_PrivateKey_traditional(bio.get(), made.get(), EVP_aes_128_cbc(),
                                                 reinterpret_cast<const unsigned char*>("old"), 3, nullptr,
                                                 nullptr),
            1);
  std::string pem(4096, '\0');
  pem.resize(static_cast<std::size_t>(BIO_read(bio.get(), pem.data(), 4096)));
  EXPECT_THAT(pem, HasSubstr("BEGIN EC PRIVATE KEY"));
  EXPECT_EQ(value_of(Key::from_pem(pem, Secret("old"), "k")).algorithm(), "EC P-256");
  const auto without = Key::from_pem(pem, Secret(), "k");
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code, Errc::denied);
}

TEST(Key, NamesRsaSizes) {
  EXPECT_EQ(rsa_key(1024).algorithm(), "RSA 1024");
  EXPECT_EQ(rsa_key(2048).algorithm(), "RSA 2048");
}

TEST(Key, FingerprintIsLowerCaseHexAndDiffersBetweenKeys) {
  const std::string one = key_of(KeyKind::p256).public_key_sha256();
  EXPECT_EQ(one.size(), 64U);
  EXPECT_EQ(one.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(one, key_of(KeyKind::p384).public_key_sha256());
}

}  // namespace
}  // namespace muster::tls
