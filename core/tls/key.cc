// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/key.h"

#include <array>
#include <cstring>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "core/tls/openssl_error.h"
#include "core/tls/text.h"

namespace muster::tls {
namespace {

using PlainKeyHandle = UniqueHandle<PKCS8_PRIV_KEY_INFO, &PKCS8_PRIV_KEY_INFO_free>;
using EncryptedKeyHandle = UniqueHandle<X509_SIG, &X509_SIG_free>;
using AlgorithmHandle = UniqueHandle<X509_ALGOR, &X509_ALGOR_free>;

// scrypt with N = 2^14, r = 8: 16 MB and about 50 ms. Source: RFC 7914, section 2.
constexpr std::uint64_t kScryptN = 16384;
constexpr std::uint64_t kScryptR = 8;
constexpr std::uint64_t kScryptP = 1;

struct Passphrase {
  const Secret& secret;
  bool asked = false;
};

int give_passphrase(char* buffer, int size, int /*writing*/, void* context) {
  auto& passphrase = *static_cast<Passphrase*>(context);
  passphrase.asked = true;
  const std::string_view bytes = passphrase.secret.reveal();
  if (bytes.empty() || bytes.size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(buffer, bytes.data(), bytes.size());
  return static_cast<int>(bytes.size());
}

Error unreadable(const Passphrase& passphrase, std::string_view object) {
  if (!passphrase.asked) {
    Error error = openssl_error(Errc::malformed, std::string(object) + ": no readable private key in PEM");
    error.hint = "the file must hold a block that begins with -----BEGIN ... PRIVATE KEY-----";
    return error;
  }
  ERR_clear_error();
  const bool none = passphrase.secret.empty();
  return Error{
      Errc::denied,
      std::string(object) + (none ? ": the private key is encrypted and no passphrase was given"
                                  : ": the passphrase does not open the private key"),
      none ? "give the passphrase of this key" : "check the passphrase; it may belong to another key"};
}

EncryptedKeyHandle encrypt(PKCS8_PRIV_KEY_INFO* plain, const Secret& passphrase) {
  AlgorithmHandle scheme(
      PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nullptr, 0, nullptr, kScryptN, kScryptR, kScryptP));
  if (!scheme) return nullptr;
  const std::string_view bytes = passphrase.reveal();
  EncryptedKeyHandle encrypted(
      PKCS8_set0_pbe(bytes.data(), static_cast<int>(bytes.size()), plain, scheme.get()));
  if (encrypted) static_cast<void>(scheme.release());  // "set0": the result owns it now
  return encrypted;
}

std::string_view curve_words(EVP_PKEY* key) {
  std::array<char, 64> group{};
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) != 1) return "EC";
  const std::string_view name = group.data();
  if (name == "prime256v1") return "EC P-256";
  if (name == "secp384r1") return "EC P-384";
  if (name == "secp521r1") return "EC P-521";
  return "EC (other curve)";
}

std::string_view rsa_words(EVP_PKEY* key) {
  switch (EVP_PKEY_get_bits(key)) {
    case 1024: return "RSA 1024";
    case 2048: return "RSA 2048";
    case 3072: return "RSA 3072";
    case 4096: return "RSA 4096";
    case 8192: return "RSA 8192";
    default: return "RSA (other size)";
  }
}

}  // namespace

Result<Key> Key::generate(KeyKind kind) {
  ERR_clear_error();
  EVP_PKEY* made = nullptr;
  switch (kind) {
    case KeyKind::p256: made = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"); break;
    case KeyKind::p384: made = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384"); break;
    case KeyKind::rsa3072: made = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{3072}); break;
  }
  KeyHandle key(made);
  if (!key) return fail(openssl_error(Errc::internal, "private key: cannot be generated"));
  return Key(std::move(key));
}

Result<Key> Key::from_pem(std::string_view pem, const Secret& passphrase, std::string_view object) {
  if (pem.size() > Secret::kMaxBytes) {
    return fail(Errc::malformed, std::string(object) + ": too long for a private key (64 KiB at most)");
  }
  ERR_clear_error();
  const BioHandle bio = reading(pem);
  Passphrase asked{passphrase};
  KeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &give_passphrase, &asked));
  if (!key) return fail(unreadable(asked, object));
  ERR_clear_error();  // decoders leave behind what they tried in vain
  return Key(std::move(key));
}

Result<Secret> Key::pem(const Secret& passphrase) const {
  ERR_clear_error();
  const BioHandle bio = writing();
  const PlainKeyHandle plain(EVP_PKEY2PKCS8(key_.get()));
  if (!plain) return fail(openssl_error(Errc::internal, "private key: cannot be encoded"));
  int done = 0;
  if (passphrase.empty()) {
    done = PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio.get(), plain.get());
  } else if (const EncryptedKeyHandle encrypted = encrypt(plain.get(), passphrase)) {
    done = PEM_write_bio_PKCS8(bio.get(), encrypted.get());
  }
  if (done != 1) return fail(openssl_error(Errc::internal, "private key: cannot be written as PEM"));
  return Secret(written(bio.get()));
}

std::string Key::public_key_sha256() const {
  return der_sha256(key_.get(), &i2d_PUBKEY);
}

std::string_view Key::algorithm() const {
  if (EVP_PKEY_is_a(key_.get(), "EC") == 1) return curve_words(key_.get());
  if (EVP_PKEY_is_a(key_.get(), "RSA") == 1) return rsa_words(key_.get());
  if (EVP_PKEY_is_a(key_.get(), "ED25519") == 1) return "Ed25519";
  return "other";
}

}  // namespace muster::tls
